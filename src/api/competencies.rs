//! Pages of what badge classes are aligned with: competency frameworks and their entries.

use super::pages::class_card;
use super::problem::Problem;
use crate::app::App;
use crate::domain::{Alignment, AlignmentTarget};
use crate::issuer::{Competency, Framework};
use crate::pages::{self, CompetencyLine, CompetencyPage, FrameworkPage, Setting};

/// The page of a framework, or of an entry of one.
pub(super) async fn page(
    app: &App,
    setting: &Setting<'_>,
    target: &AlignmentTarget,
) -> Result<String, Problem> {
    let url = app.urls.alignment_target(target);
    match target {
        AlignmentTarget::Framework(_) => {
            let Framework { name, competencies, more } = app.issuer.framework(target).await?;
            let line = |(stated, badges): &(Alignment, usize)| {
                let target = AlignmentTarget::competency(&stated.target_url);
                (app.urls.alignment_target(&target), *badges)
            };
            let lines: Vec<(String, usize)> = competencies.iter().map(line).collect();
            let competencies = competencies.iter().zip(&lines);
            let competencies = competencies.map(|((stated, _), (url, badges))| CompetencyLine {
                url,
                code: stated.target_code.as_deref(),
                name: &stated.target_name,
                badges: *badges,
            });
            let shown = FrameworkPage {
                url: &url,
                name: &name,
                competencies: competencies.collect(),
                more,
            };
            Ok(pages::framework_page(setting, &shown))
        }
        AlignmentTarget::Competency(_) => {
            let Competency { stated, classes, more } = app.issuer.competency(target).await?;
            let framework = stated.target_framework.as_deref();
            let framework_url =
                framework.map(|name| app.urls.alignment_target(&AlignmentTarget::framework(name)));
            let shown = CompetencyPage {
                url: &url,
                code: stated.target_code.as_deref(),
                name: &stated.target_name,
                description: stated.target_description.as_deref(),
                framework: framework.zip(framework_url.as_deref()),
                source: stated.target_url.as_str(),
                classes: classes
                    .iter()
                    .map(|(class, issuer)| class_card(app, class, Some(&issuer.name)))
                    .collect(),
                more,
            };
            Ok(pages::competency_page(setting, &shown))
        }
    }
}
