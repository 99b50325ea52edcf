    LEFT JOIN {data.profile} AS profile ON profile.customer = enrollment.customer
