//! A fitted model of purchases as a value: its JSON form, and the process that its parameters describe.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{PurchaseProcess, Summary};
use crate::domain::math::maximum_likelihood::Parameter;
use crate::domain::models::bg_bb;
use crate::domain::models::bg_bb::BgBb;
use crate::domain::models::bg_nbd;
use crate::domain::models::bg_nbd::{Cnbd, Dropout, MAX_K};
use crate::domain::models::fitted_json::{check_bounds, required};
use crate::domain::models::pareto_nbd;
use crate::domain::models::pareto_nbd::ParetoNbd;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::json::JsonValue;
use crate::domain::time::unit::TimeUnit;

/// The models of purchases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ModelKind {
    /// Fader, Hardie, Lee (2005): after each repeat purchase a customer leaves with his own probability.
    BgNbd,
    /// Batislam, Denizel, Filiztekin (2007): he may also leave after the first purchase.
    #[default]
    MbgNbd,
    /// Reutterer, Platzer, Schröder (2020): BG/NBD with Erlang-k gaps, regular where k > 1.
    BgCnbdK,
    /// The same with leaving after the first purchase.
    MbgCnbdK,
    /// Schmittlein, Morrison, Colombo (1987): he leaves at any time, with his own rate.
    ParetoNbd,
    /// Ehrenberg (1959): no customer leaves.
    Nbd,
    /// Fader, Hardie, Shang (2010): in each period he buys or not, then stays or leaves.
    BgBb,
}

impl ModelKind {
    /// All of them.
    pub const ALL: [ModelKind; 7] = [
        ModelKind::BgNbd,
        ModelKind::MbgNbd,
        ModelKind::BgCnbdK,
        ModelKind::MbgCnbdK,
        ModelKind::ParetoNbd,
        ModelKind::Nbd,
        ModelKind::BgBb,
    ];

    /// The model that is fitted where none is named: under BG/NBD a customer who bought once is alive for certain.
    pub const DEFAULT: ModelKind = ModelKind::MbgNbd;

    /// The name as users write it.
    pub fn name(self) -> &'static str {
        match self {
            ModelKind::BgNbd => "bg/nbd",
            ModelKind::MbgNbd => "mbg/nbd",
            ModelKind::BgCnbdK => "bg/cnbd-k",
            ModelKind::MbgCnbdK => "mbg/cnbd-k",
            ModelKind::ParetoNbd => "pareto/nbd",
            ModelKind::Nbd => "nbd",
            ModelKind::BgBb => "bg/bb",
        }
    }

    /// The model of this name, in whatever case it is written.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] if there is none.
    pub fn named(name: &str) -> Result<Self> {
        let known = |kind: &ModelKind| kind.name().eq_ignore_ascii_case(name.trim());
        ModelKind::ALL.into_iter().find(known).ok_or_else(|| {
            Error::new(Kind::InvalidParameter, format!("unknown purchase model: \"{}\"", shorten(name)))
                .hint(format!(
                    "The models are {}; k of the regular ones is chosen, or held by the option {{\"fixed\": {{\"k\": 2}}}}.",
                    ModelKind::ALL.map(ModelKind::name).join(", ")
                ))
        })
    }

    /// The parameters that are fitted, with their bounds.
    pub fn parameters(self) -> &'static [Parameter] {
        match self {
            ModelKind::BgNbd | ModelKind::MbgNbd | ModelKind::BgCnbdK | ModelKind::MbgCnbdK => &bg_nbd::PARAMETERS,
            ModelKind::ParetoNbd => &pareto_nbd::PARAMETERS,
            ModelKind::Nbd => &bg_nbd::PARAMETERS[..2],
            ModelKind::BgBb => &bg_bb::PARAMETERS,
        }
    }

    /// Whether gaps may be regular, so that k stands beside the parameters.
    pub fn is_regular(self) -> bool {
        matches!(self, ModelKind::BgCnbdK | ModelKind::MbgCnbdK)
    }

    /// Whether the leaving coin is tossed after the first purchase too.
    pub fn drops_at_first(self) -> bool {
        matches!(self, ModelKind::MbgNbd | ModelKind::MbgCnbdK)
    }

    /// The parameter that is 0 where no customer leaves, if the model has one.
    pub fn leaving(self) -> Option<usize> {
        match self {
            ModelKind::Nbd | ModelKind::BgBb => None,
            _ => Some(2),
        }
    }
}

impl Serialize for ModelKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for ModelKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        ModelKind::named(&name).map_err(|error| {
            D::Error::custom(format!("{error} (one of {})", ModelKind::ALL.map(ModelKind::name).join(", ")))
        })
    }
}

/// Numbers with names, in the order in which they were written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Named(pub Vec<(String, f64)>);

impl Named {
    /// The number of this name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            // k counts phases.
            if name == "k" { map.serialize_entry(name, &(*value as i64))? } else { map.serialize_entry(name, value)? }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Named;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("numbers with names")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Named, A::Error> {
                let mut named = Named::default();
                while let Some((name, value)) = map.next_entry::<String, f64>()? {
                    if named.get(&name).is_some() {
                        return Err(A::Error::custom(format!("duplicate field `{}`", shorten(&name))));
                    }
                    named.0.push((name, value));
                }
                Ok(named)
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// A fitted model of purchases with its provenance. Its text form is one line of JSON, of which only `model` and `params`
/// are required.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurchaseModel {
    /// Which model.
    pub model: ModelKind,
    /// The parameters by the names that the papers give them; for regular models with k. None where none could be fitted.
    #[serde(deserialize_with = "required")]
    pub params: Option<Named>,
    /// The unit of time of the parameters.
    #[serde(default)]
    pub unit: TimeUnit,
    /// Customers with at least one purchase.
    #[serde(default)]
    pub customers: u64,
    /// Customers with at least one repeat purchase.
    #[serde(default)]
    pub repeat_buyers: u64,
    /// The log-likelihood of the customers' purchases at the parameters, in the model's unit, without the ridge's penalty.
    pub log_likelihood: Option<f64>,
    /// The standard errors of the fitted parameters, from the observed information.
    pub standard_errors: Option<Named>,
    /// The covariance matrix of the fitted parameters, in the order of [`ModelKind::parameters`].
    pub covariance: Option<Vec<Vec<f64>>>,
    /// `converged`, or what kept the fit from it.
    pub status: Option<String>,
    /// The simpler model that this one has become: `nbd` where no customer leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collapses_to: Option<ModelKind>,
    /// For regular models the log-likelihoods at k = 1, 2, …, as far as they were tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_likelihood_by_k: Option<Vec<f64>>,
    /// The weight of the ridge penalty, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ridge: Option<f64>,
    /// The parameters that were held fixed, where some were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<Named>,
    /// Iterations of the fit.
    pub iterations: Option<u64>,
    /// The gradient norm per customer, with respect to the logarithms of the parameters.
    pub gradient_norm: Option<f64>,
    /// The instant as of which the base was read, in ISO 8601. The caller sets it.
    pub as_of: Option<String>,
    /// The version of the extension that fitted.
    pub version: Option<String>,
}

impl JsonValue for PurchaseModel {
    const TYPE: &'static str = "purchase_model";
    const EXAMPLE: &'static str = r#"A purchase model reads {"model": "bg/nbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, "unit": "7 days"}."#;

    fn check(&mut self) -> std::result::Result<(), String> {
        self.check_params()?;
        self.put_in_order();
        Ok(())
    }

    fn example(&self) -> String {
        let mut names: Vec<&str> = self.model.parameters().iter().map(|parameter| parameter.name).collect();
        names.extend(self.model.is_regular().then_some("k"));
        format!("The parameters of {} are {}. {}", self.model.name(), names.join(", "), Self::EXAMPLE)
    }
}

impl PurchaseModel {
    /// A model with these parameters and no provenance.
    pub fn new(model: ModelKind, params: Option<Named>, unit: TimeUnit) -> Self {
        PurchaseModel { model, params, unit, ..Self::default() }
    }

    /// Puts what has the names of parameters into their order, which the covariance matrix has without naming it. Who keeps
    /// JSON may change the order of its names: jsonb does.
    fn put_in_order(&mut self) {
        let parameters = self.model.parameters();
        let place = |name: &str| parameters.iter().position(|p| p.name == name).unwrap_or(parameters.len());
        for named in [&mut self.params, &mut self.standard_errors, &mut self.fixed].into_iter().flatten() {
            named.0.sort_by_key(|(name, _)| place(name));
        }
    }

    /// That the parameters are the model's, each once and within its bounds, in words if not.
    fn check_params(&self) -> std::result::Result<(), String> {
        let Some(params) = &self.params else { return Ok(()) };
        for (i, parameter) in self.model.parameters().iter().enumerate() {
            let value =
                params.get(parameter.name).ok_or_else(|| format!("The parameter {} is missing.", parameter.name))?;
            // 0 where no customer leaves.
            if value != 0.0 || self.model.leaving() != Some(i) {
                check_bounds(parameter, value)?;
            }
        }
        let is_k = |name: &str| self.model.is_regular() && name == "k";
        if let Some((name, _)) =
            params.0.iter().find(|(name, _)| !is_k(name) && self.model.parameters().iter().all(|p| p.name != name))
        {
            return Err(format!("{} has no parameter {}.", self.model.name(), shorten(name)));
        }
        if self.model.is_regular() {
            let k = params.get("k").ok_or("The parameter k is missing.")?;
            if !(1..=MAX_K).any(|known| f64::from(known) == k) {
                return Err(format!("The parameter k is {k}, and not a whole number from 1 to {MAX_K}."));
            }
        }
        Ok(())
    }

    /// The process that the parameters describe; None without parameters.
    pub fn process(&self) -> Option<Process> {
        let params = self.params.as_ref()?;
        // from_json and the fit have checked that each is there.
        let value = |name: &str| params.get(name).unwrap_or(f64::NAN);
        Some(match self.model {
            ModelKind::ParetoNbd => Process::ParetoNbd(ParetoNbd {
                r: value("r"),
                alpha: value("alpha"),
                s: value("s"),
                beta: value("beta"),
            }),
            ModelKind::BgBb => Process::BgBb(BgBb {
                alpha: value("alpha"),
                beta: value("beta"),
                gamma: value("gamma"),
                delta: value("delta"),
            }),
            kind => {
                let leaves = kind != ModelKind::Nbd && value("a") > 0.0;
                let dropout = leaves.then(|| Dropout { a: value("a"), b: value("b"), at_first: kind.drops_at_first() });
                let k = if kind.is_regular() { value("k") as u32 } else { 1 };
                Process::Cnbd(Cnbd { k, r: value("r"), alpha: value("alpha"), dropout })
            }
        })
    }

    /// How many numbers were fitted: the parameters that were not held fixed, those of the simpler model where it has
    /// become one, and k where it was chosen.
    pub fn degrees_of_freedom(&self) -> usize {
        let held = |name: &str| self.fixed.as_ref().is_some_and(|fixed| fixed.get(name).is_some());
        let chosen_k = usize::from(self.model.is_regular() && !held("k"));
        let parameters = self.collapses_to.unwrap_or(self.model).parameters();
        chosen_k + parameters.iter().filter(|parameter| !held(parameter.name)).count()
    }

    /// Akaike's information criterion, 2p − 2 ln L (Akaike 1974): the smaller, the better. None without a log-likelihood, and
    /// under a ridge, whose optimum is not that of the likelihood.
    pub fn aic(&self) -> Option<f64> {
        if self.ridge.is_some() {
            return None;
        }
        Some(2.0 * self.degrees_of_freedom() as f64 - 2.0 * self.log_likelihood?)
    }

    /// The Bayesian information criterion, p ln n − 2 ln L (Schwarz 1978) over n customers. None without a log-likelihood or
    /// customers.
    pub fn bic(&self) -> Option<f64> {
        let customers = (self.customers > 0 && self.ridge.is_none()).then_some(self.customers as f64)?;
        Some(self.degrees_of_freedom() as f64 * customers.ln() - 2.0 * self.log_likelihood?)
    }
}

/// A model's process, ready to predict.
#[derive(Debug, Clone, Copy)]
pub enum Process {
    /// BG/NBD, MBG/NBD, their regular forms, and NBD.
    Cnbd(Cnbd),
    /// Pareto/NBD.
    ParetoNbd(ParetoNbd),
    /// BG/BB.
    BgBb(BgBb),
}

impl Process {
    /// What it says of customers.
    pub fn as_dyn(&self) -> &dyn PurchaseProcess {
        match self {
            Process::Cnbd(process) => process,
            Process::ParetoNbd(process) => process,
            Process::BgBb(process) => process,
        }
    }

    /// Whether it counts periods, and not time.
    pub fn is_discrete(&self) -> bool {
        matches!(self, Process::BgBb(_))
    }
}

/// Checks a summary that came from outside.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless x is a whole number ≥ 0, 0 ≤ t_x ≤ T, and t_x = 0 exactly where x = 0; for discrete
/// models also t_x and T are whole and x ≤ t_x.
pub fn check_summary(frequency: f64, recency: f64, t: f64, discrete: bool) -> Result<Summary> {
    let refuse = |what: &str| {
        Error::new(
            Kind::InvalidParameter,
            format!("not a customer's summary: frequency {frequency}, recency {recency}, t {t}"),
        )
        .detail(what.to_string())
        .hint("btyd_summary(h) gives frequency, recency and t; a new customer is 0, 0, 0.")
    };
    // Above it whole numbers lie apart in floating point.
    const LARGEST: f64 = 1e15;
    if !(frequency >= 0.0 && frequency.fract() == 0.0 && frequency <= f64::from(u32::MAX)) {
        return Err(refuse("frequency must be a whole number of repeat purchases, 0 or more."));
    }
    if !(recency >= 0.0 && recency <= t && t <= LARGEST) {
        return Err(refuse("recency and t must be times since the first purchase, with 0 <= recency <= t <= 1e15."));
    }
    if (frequency == 0.0) != (recency == 0.0) {
        return Err(refuse("recency is 0 without a repeat purchase, and only then."));
    }
    if discrete && !(recency.fract() == 0.0 && t.fract() == 0.0 && frequency <= recency) {
        return Err(refuse(
            "bg/bb counts periods: recency and t must be whole numbers, with frequency <= recency <= t.",
        ));
    }
    Ok(Summary { frequency, recency, t })
}
