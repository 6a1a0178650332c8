//! Renders the page by the embedded templates.

use handlebars::{Handlebars, RenderError};
use serde_json::json;

use super::Page;

const STYLE: &str = include_str!("../../../templates/report/style.css");
const PAGE: &str = include_str!("../../../templates/report/page.html.hbs");
/// The parts of the page, by the names that the templates call them.
const PARTIALS: [(&str, &str); 4] = [
    ("section", include_str!("../../../templates/report/section.html.hbs")),
    ("distribution", include_str!("../../../templates/report/distribution.html.hbs")),
    ("figure", include_str!("../../../templates/report/figure.html.hbs")),
    ("jobs", include_str!("../../../templates/report/jobs.html.hbs")),
];

/// The page as one self-contained HTML file.
///
/// # Errors
///
/// What is wrong with a template, with its line; a test renders them, so a release has none.
pub fn render(page: &Page) -> Result<String, RenderError> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    for (name, text) in PARTIALS {
        handlebars.register_template_string(name, text)?;
    }
    handlebars.render_template(PAGE, &json!({ "page": page, "style": STYLE }))
}
