//! Renders the page by the embedded templates.

use handlebars::{Handlebars, RenderError};
use serde_json::json;

use super::Page;
use crate::app::Failure;

const STYLE: &str = include_str!("../../templates/page/style.css");
const PAGE: &str = include_str!("../../templates/page/page.html.hbs");
/// The parts of the page, by the names that the templates call them.
const PARTIALS: [(&str, &str); 4] = [
    ("section", include_str!("../../templates/page/section.html.hbs")),
    ("distribution", include_str!("../../templates/page/distribution.html.hbs")),
    ("figure", include_str!("../../templates/page/figure.html.hbs")),
    ("table", include_str!("../../templates/page/table.html.hbs")),
];

/// The page as one self-contained HTML file.
///
/// # Errors
///
/// What is wrong with a template, with its line; a test renders them, so a release has none.
pub fn render(page: &Page) -> Result<String, Failure> {
    fill(page).map_err(|error| Failure::Damaged {
        message: format!("the page's template is damaged: {error}"),
        hint: None,
    })
}

fn fill(page: &Page) -> Result<String, RenderError> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    for (name, text) in PARTIALS {
        handlebars.register_template_string(name, text)?;
    }
    handlebars.render_template(PAGE, &json!({ "page": page, "style": STYLE }))
}
