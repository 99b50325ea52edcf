//! When a customer may be written to: quiet hours and days of the week by the customer's own clock.
