CREATE VIEW {view} AS
SELECT {columns}
{rest}
