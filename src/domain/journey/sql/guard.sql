CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION lifecycle.guard_journey()
