SELECT 'refund of no order', {amount}
FROM {relation}
WHERE ({is_refund}) IS NOT TRUE
