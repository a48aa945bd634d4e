//! Passages column by column, as statements take them.

use crate::steps::NewStep;
use crate::text::clean;
use domain::failure::ErrorClass;
use domain::id::ProjectId;
use domain::ports::Lease;
use domain::search::{Passage, PassageSource};
use uuid::Uuid;

/// Passages and where they stand.
#[derive(Default)]
pub(crate) struct PassageColumns {
    pub(crate) seq: Vec<i32>,
    pub(crate) id: Vec<Uuid>,
    pub(crate) kind: Vec<&'static str>,
    pub(crate) site: Vec<String>,
    pub(crate) page: Vec<String>,
    pub(crate) class: Vec<Option<&'static str>>,
    pub(crate) title: Vec<String>,
    pub(crate) message: Vec<String>,
    pub(crate) text: Vec<String>,
}

impl PassageColumns {
    /// Those of the steps that failed.
    pub(crate) fn of_steps(lease: &Lease, steps: &[NewStep<'_>]) -> Self {
        let spec = &lease.spec;
        let plan = spec.plan.as_ref().map(|plan| plan.steps.as_slice()).unwrap_or_default();
        let source = PassageSource { site: &spec.site, inputs: &spec.inputs, plan };
        let mut columns = Self::default();
        for NewStep { step, .. } in steps {
            if let Some(passage) = source.step(step) {
                let seq = i32::try_from(step.seq).unwrap_or(i32::MAX);
                columns.push(lease.project_id, seq, &passage);
            }
        }
        columns
    }

    pub(super) fn push(&mut self, project: ProjectId, seq: i32, passage: &Passage) {
        self.seq.push(seq);
        self.id.push(passage.id(project));
        self.kind.push(passage.kind.as_str());
        self.site.push(clean(&passage.site).into_owned());
        self.page.push(clean(&passage.page).into_owned());
        self.class.push(passage.class.map(ErrorClass::as_str));
        self.title.push(clean(&passage.title).into_owned());
        self.message.push(clean(&passage.message).into_owned());
        self.text.push(clean(&passage.text).into_owned());
    }
}
