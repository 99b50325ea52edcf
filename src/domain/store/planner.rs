//! The planner's settings under which refreshes, runs of journeys and reports work, with what they save on PostgreSQL 15.
//!
//! Measured on a base of 200,000 customers with 2,000,000 orders, all in memory.

/// Those of both.
pub const PLANNER: [(&str, &str); 3] = [
    // The rows of customers who have changed are few, and mostly in memory: an index finds them sooner than a look through the whole
    // table, which the server prefers from some thousand customers on for fear of a slow disk. The histories of 5,000 changed
    // customers: 157 ms by the index, 352 ms by the whole table.
    ("random_page_cost", "1.1"),
    // Walking along two indexes reads all that lies between those customers too. A guard for the index on the customers of a table that
    // is not in memory: up to 28,000 changed customers the plan is the same without it.
    ("enable_mergejoin", "off"),
    // The time goes into the extension's functions, which compiling the queries around them does not make faster. Four figures of all
    // 200,000 histories: 0.21 s, and 0.63 s with compiling.
    ("jit", "off"),
];

/// Those of runs besides. What was due and is not any more lies dead in the index until a vacuum; a plain scan marks it so for the next
/// one. 200 due entries among 199,800 dead ones: 5 ms from the second scan on, 29 to 41 ms each time by a bitmap.
pub const PLANNER_OF_RUNS: [(&str, &str); 1] = [("enable_bitmapscan", "off")];

/// Those of reports, which read all entries of a journey with all that came of them.
pub const PLANNER_OF_REPORTS: [(&str, &str); 4] = [
    ("jit", "off"),
    // Hash tables of a million entries, histories and actions stay in memory.
    ("work_mem", "128MB"),
    // Sorting all that is joined takes longer than hashing the smaller side.
    ("enable_mergejoin", "off"),
    // Rows of entries are narrow, so that it costs little to hand them over from the workers that have read them.
    ("parallel_tuple_cost", "0.01"),
];
