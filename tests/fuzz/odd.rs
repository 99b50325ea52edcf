//! Values as text that lie at the edge of what their types hold, or beyond what makes sense; `|` separates them.

pub const NUMBERS: &str = "0|1|-1|0.1|0.5|0.95|1e-300|1e300|1e308|-1e308|5e-324|123456789012|NaN|Infinity|-Infinity|2|3|5|7|10|100|\
    1000|36500|0.999999999999|1e15|1e16|-0.0|1.0000000000000002";

pub const INTEGERS: &str = "0|1|-1|2|3|5|7|9|10|100|1000000|20000001|2147483647|-2147483648";

pub const NUMERICS: &str = "1e1000|922337203685477.5807|922337203685477.58075|-922337203685477.5808|-0.00005|\
    0.00000000000000000000000000001|1e130000|-1e-16000";

pub const INSTANTS: &str = "-infinity|infinity|0001-01-01 00:00:00+00|9999-12-31 23:59:59.999999+00|10000-01-01+00|4713-01-01 BC|\
    294276-12-31 23:59:59.999999+00|1970-01-01+00|2000-01-01+00|2024-02-29 12:00+00|2024-03-31 01:30:00+00|\
    2024-10-27 00:59:59.999999+00|2025-01-01+00|2023-07-01+00|2026-01-01+00|1883-11-18 17:00+00|\
    0044-03-15 BC|1999-12-31 23:59:60+00|2023-12-31 23:59:59.999999+00|2024-06-30 12:00+13:45|1900-01-01+00|\
    2100-01-01+00";

pub const DATES: &str =
    "2024-01-01|infinity|-infinity|0001-01-01|9999-12-31|10000-01-01|4713-01-01 BC|5874897-12-31|2024-02-29";

pub const TIMES: &str = "00:00|09:00|23:59|24:00|12:34:56|22:00|08:00|00:00:00.000001";

pub const INTERVALS: &str = "0|1 day|-1 day|1 month|1 year|7 days|30 days|1 microsecond|-1 microsecond|178000000 years|\
    -178000000 years|1 hour|1 month -1 day|1 month -30 days|1000 years|10000 years|9999 years|\
    1 mon 1 day 1 us|24:00:00.000001|2147483647 days|-2147483648 days|2147483647 months|1.5 days|12 months|\
    1 second|90 days|100000 hours";

pub const TEXTS: &str = "|a|shop|nope|bg/nbd|mbg/nbd|pareto/nbd|bg/cnbd-k|mbg/cnbd-k|bg/bb|rfm_25|rfm_125|rfm_27|putler_repaired|\
    email|sms|open|click|sent|unsubscribe|UTC|Europe/Berlin|America/New_York|Australia/Lord_Howe|\
    Asia/Kathmandu|EST|est5edt|MSK|+05:30|<+03>-3|é\u{1F600}|%s%n|'; DROP TABLE o; --|\"|\\|day|month|\
    quarter|year|journey|store|country|stage|welcome|exits|events|entries 1|entries 99999999999|decisions|\
    active|lapsed|new|prospect|at_risk|last|linear|{}|[]|null|12|public|pg_catalog|ordered|  |\t\n|\
    {2024-01-01 5}";

pub const DOCUMENTS: &str = "{}|[]|null|1|\"x\"|{\"open\": 0.3}|{\"open\": 2}|{\"control\": 0.1}|{\"existing\": true}|\
    {\"channel\": \"sms\", \"prefix\": \"p_\"}|{\"k\": 99999}|{\"restarts\": 5}|\
    {\"caps\": [{\"at_most\": 1, \"per\": \"1 day\"}]}|\
    {\"quiet_hours\": [\"22:00\", \"08:00\"], \"weekdays\": [\"mon\"]}|\
    {\"orders\": \"o\", \"customer\": \"customer\", \"ordered_at\": \"at\"}|{\"grid\": \"rfm_27\"}|\
    [{\"cells\": [\"**\"], \"name\": \"a\", \"priority\": 1}, {\"cells\": [\"[1-3]*\"], \"name\": \"b\", \"priority\": 0}]|\
    [{\"cells\": [\"[9-1]]\"], \"name\": \"\"}]";
