-- The profiles that a refresh has changed, where it has listed them.
(SELECT stored.* FROM {data.profile_change} AS change JOIN {data.profile} AS stored ON stored.customer = change.customer
        WHERE change.version = {version})
