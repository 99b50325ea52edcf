INSERT INTO {scratch.fresh} (customer, purchases, engagement)
{histories}
