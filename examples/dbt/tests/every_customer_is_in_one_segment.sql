-- No customer is lost between the store and the mart.
select *
from
    (select sum(customers) as customers from {{ ref('customer_health') }}) as mart,
    (select count(*) as customers from {{ source('store', 'customers') }}) as store
where mart.customers <> store.customers
