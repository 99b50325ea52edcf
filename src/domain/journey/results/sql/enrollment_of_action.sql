JOIN {data.enrollment} AS enrollment
        ON enrollment.customer = action.customer AND enrollment.journey = {number} AND enrollment.entry = action.entry
