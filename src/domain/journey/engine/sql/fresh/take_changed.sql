INSERT INTO {scratch.changed} (customer)
{changed}
