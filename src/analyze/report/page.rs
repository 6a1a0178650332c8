//! Renders the page by the embedded template.

use handlebars::Handlebars;
use serde_json::json;

use super::Page;

const PAGE: &str = include_str!("../../../templates/report/page.html.hbs");
const STYLE: &str = include_str!("../../../templates/report/style.css");

/// The page as one self-contained HTML file.
///
/// # Errors
///
/// What is wrong with the template, with its line; a test renders it, so a release has none.
pub fn render(page: &Page) -> Result<String, handlebars::RenderError> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.render_template(PAGE, &json!({ "page": page, "style": STYLE }))
}
