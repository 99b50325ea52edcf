//! What a fit is asked for in the arguments of an aggregate: the model, the unit of time, the options.

use serde::{Deserialize, Serialize};

use crate::domain::models::purchase_model::fit::Options;
use crate::domain::models::purchase_model::model::ModelKind;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::unit::TimeUnit;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::varies;
use crate::pg::ffi::text::{copied, jsonb_text, name_of};
use crate::pg::ffi::time::fixed_micros;

/// Ends the statement where its user asked for that.
pub fn interrupt() -> Result<()> {
    pgrx::check_for_interrupts!();
    Ok(())
}

/// What a fit was asked for, as it stood in the arguments: every row must have the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FitArguments {
    model: Vec<u8>,
    unit: (i32, i32, i64),
    /// The bytes of a jsonb.
    options: Option<Vec<u8>>,
}

/// What it means.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ParsedFitArguments {
    /// As it stood in the arguments.
    pub asked: FitArguments,
    kind: ModelKind,
    unit: TimeUnit,
    options: Option<String>,
}

impl ParsedFitArguments {
    /// Reads the arguments from a position on: model, unit, options, as far as the call has them.
    ///
    /// # Safety
    /// SQL must declare them as text, interval and jsonb.
    pub unsafe fn read(arguments: Arguments, model: usize, unit: usize, options: usize) -> SqlResult<Self> {
        // SAFETY: the caller vouches for the types.
        unsafe {
            let asked = asked(arguments, model, unit, options)?;
            // No model has a name that is not ASCII, whatever the encoding.
            let kind = ModelKind::named(&name_of(&asked.model))?;
            let micros = arguments.interval(unit).map(|unit| fixed_micros("time unit", unit)).transpose()?;
            let unit = micros.map_or(Ok(TimeUnit::WEEK), TimeUnit::from_micros)?;
            let options = arguments.datum(options).and_then(|options| jsonb_text(options));
            if let Some(options) = &options {
                Options::read(options, kind)?;
            }
            Ok(ParsedFitArguments { asked, kind, unit, options })
        }
    }

    /// The model.
    pub fn kind(&self) -> ModelKind {
        self.kind
    }

    /// The unit of time.
    pub fn unit(&self) -> TimeUnit {
        self.unit
    }

    /// The options, which were checked when they were read.
    pub fn options(&self) -> Result<Options> {
        self.options.as_deref().map_or_else(|| Ok(Options::default()), |text| Options::read(text, self.kind))
    }

    /// Checks that this row asks for the same; in the innermost loop of every fit, so nothing is copied.
    ///
    /// # Errors
    /// Where it asks for something else.
    ///
    /// # Safety
    /// As [`ParsedFitArguments::read`].
    pub unsafe fn same_row(&self, arguments: Arguments, model: usize, unit: usize, options: usize) -> Result<()> {
        // SAFETY: the caller vouches for the types.
        unsafe {
            let known = &self.asked;
            let same = arguments.bytes(model).map_or(model >= arguments.count(), |name| name == known.model)
                && arguments.interval_parts(unit).map_or(unit >= arguments.count(), |parts| parts == known.unit)
                && arguments.bytes(options) == known.options.as_deref();
            if same { Ok(()) } else { self.same(&asked(arguments, model, unit, options)?) }
        }
    }

    /// # Errors
    /// Where another row, or another worker, was asked for something else.
    pub fn same(&self, other: &FitArguments) -> Result<()> {
        if self.asked == *other {
            return Ok(());
        }
        if self.asked.model != other.model {
            let show = |bytes: &[u8]| shorten(&name_of(bytes));
            return Err(varies("model", show(&self.asked.model), show(&other.model)));
        }
        let (name, comes) =
            if self.asked.unit == other.unit { ("options", "the options come") } else { ("unit", "the unit comes") };
        Err(Error::new(Kind::InvalidParameter, format!("{name} must be the same in every row of a group"))
            .hint(format!("Group by the column that {comes} from.")))
    }
}

/// # Safety
/// As [`ParsedFitArguments::read`].
pub unsafe fn asked(arguments: Arguments, model: usize, unit: usize, options: usize) -> Result<FitArguments> {
    arguments.not_null(model, "model")?;
    arguments.not_null(unit, "unit")?;
    // SAFETY: the caller vouches for the types; an interval is passed by reference.
    unsafe {
        let named = arguments.bytes(model);
        let unit = arguments.interval_parts(unit).unwrap_or_default();
        Ok(FitArguments {
            model: copied(named.unwrap_or(ModelKind::DEFAULT.name().as_bytes())),
            unit,
            options: arguments.bytes(options).map(copied),
        })
    }
}
