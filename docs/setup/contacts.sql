-- The same, and what was sent to some of these customers.
\ir fitted.sql

CREATE TABLE contacts (customer_id integer, happened_at timestamptz, kind text, channel text);
INSERT INTO contacts VALUES
    (1, '1997-12-08', 'sent', 'email'), (1, '1997-12-10', 'open', 'email'),
    (1, '1998-05-04', 'sent', 'email'), (1, '1998-05-04 18:00', 'open', 'email'), (1, '1998-06-08', 'sent', 'email'),
    (2, '1998-05-04', 'sent', 'email'), (2, '1998-05-06', 'click', 'email'), (2, '1998-05-06', 'visit', 'web'),
    (3, '1998-05-04', 'sent', 'email'), (3, '1998-05-05', 'bounce', 'email'),
    (8, '1998-03-02', 'sent', 'email'), (8, '1998-03-03', 'open', 'email'),
    (8, '1998-05-04', 'sent', 'email'),
    (40, '1998-04-20', 'sent', 'email'), (40, '1998-04-21', 'unsubscribe', 'email'),
    (3000, '1998-06-01', 'subscribe', 'web'), (3000, '1998-06-08', 'sent', 'email'),
    (3000, '1998-06-09', 'open', 'email'),
    (3001, '1998-06-01', 'subscribe', 'store'),
    (3002, '1998-05-04', 'sent', 'email'), (3002, '1998-05-04', 'complaint', 'email');
CREATE TABLE engagements AS
    SELECT customer_id, engagement_history(happened_at, kind, channel) AS e FROM contacts GROUP BY customer_id;
