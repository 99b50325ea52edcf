-- Those whose refunds were noted; everybody where a note says so.
SELECT among.customer FROM {among} AS among WHERE among.customer IN ({customers})
UNION
SELECT among.customer FROM {among} AS among WHERE EXISTS (SELECT FROM {notes} AS note WHERE note.refund_of IS NULL)
