-- A table of a dozen orders of four customers.
\ir extension.sql

CREATE TABLE orders (customer text, ordered_at timestamptz, amount numeric);
INSERT INTO orders VALUES
    ('Ada',  '2025-03-17', 24.90), ('Ada',  '2025-05-26', 24.90), ('Ada',  '2025-08-04', 31.50),
    ('Ada',  '2025-10-13', 24.90),                                                   -- every ten weeks
    ('Bo',   '2025-12-08', 80.00),
    ('Cleo', '2025-10-02', 12.00), ('Cleo', '2025-10-30', 15.50), ('Cleo', '2025-11-27', 12.00),
    ('Cleo', '2025-12-22', 18.00),
    ('Dov',  '2025-01-09', 55.00), ('Dov',  '2025-02-20', 60.00), ('Dov',  '2025-02-27', -60.00); -- a refund
