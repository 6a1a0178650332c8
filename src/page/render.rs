//! Renders the page by the embedded templates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handlebars::{
    Context, Handlebars, Helper, HelperResult, JsonRender as _, Output, RenderContext, RenderError,
    html_escape,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::PageView;
use crate::app::Failure;

const STYLE: &str = include_str!("../../templates/page/style.css");
/// The one script that the page's policy allows, by its hash: it names points, selects jobs across
/// figures, sorts and searches the tables of jobs, shows one job, saves figures. Without it the
/// page is complete to read. Its files form one scope, in the order in which they depend on each
/// other.
const SCRIPT: &str = concat!(
    "'use strict';\n(() => {\n",
    include_str!("../../templates/page/script/page.js"),
    include_str!("../../templates/page/script/data.js"),
    include_str!("../../templates/page/script/query.js"),
    include_str!("../../templates/page/script/selection.js"),
    include_str!("../../templates/page/script/layers.js"),
    include_str!("../../templates/page/script/distribution.js"),
    include_str!("../../templates/page/script/plots.js"),
    include_str!("../../templates/page/script/bar.js"),
    include_str!("../../templates/page/script/curves.js"),
    include_str!("../../templates/page/script/job.js"),
    include_str!("../../templates/page/script/tables.js"),
    include_str!("../../templates/page/script/save.js"),
    include_str!("../../templates/page/script/restore.js"),
    "})();\n",
);
/// A backtick as handlebars escapes it.
const BACKTICK: &str = "&#x60;";
const PAGE: &str = include_str!("../../templates/page/page.html.hbs");
/// The partial templates and the names by which templates include them.
const PARTIALS: [(&str, &str); 4] = [
    ("section", include_str!("../../templates/page/section.html.hbs")),
    ("distribution", include_str!("../../templates/page/distribution.html.hbs")),
    ("figure", include_str!("../../templates/page/figure.html.hbs")),
    ("table", include_str!("../../templates/page/table.html.hbs")),
];

/// Renders the page as one self-contained HTML file.
///
/// # Errors
///
/// If a template is damaged, with its line; tests render all templates, so a release has none.
pub fn render(page: &PageView) -> Result<String, Failure> {
    fill(page).map_err(|error| Failure::Damaged {
        message: format!("the page's template is damaged: {error}"),
        hint: None,
    })
}

fn fill(page: &PageView) -> Result<String, RenderError> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_helper("words", Box::new(words));
    for (name, text) in PARTIALS {
        handlebars.register_template_string(name, text)?;
    }
    let hash = STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()));
    let parts = json!({ "page": page, "style": STYLE, "script": SCRIPT, "script_hash": hash });
    handlebars.render_template(PAGE, &parts)
}

/// Writes a sentence, with what stands between backticks as code.
fn words(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let text = helper.param(0).map(|text| text.value().render()).unwrap_or_default();
    let escaped = html_escape(&text);
    let parts: Vec<&str> = escaped.split(BACKTICK).collect();
    if parts.len().is_multiple_of(2) {
        return Ok(out.write(&escaped)?);
    }
    for (at, part) in parts.iter().enumerate() {
        if at % 2 == 1 {
            out.write("<code>")?;
            out.write(part)?;
            out.write("</code>")?;
        } else {
            out.write(part)?;
        }
    }
    Ok(())
}
