//! Steps as they come from a page of an admin interface.

use domain::artifact::{ArtifactKind, NewArtifact};
use domain::clock::{Clock as _, SystemClock};
use domain::id::ArtifactId;
use domain::observation::{Change, Observation};
use domain::plan::{ActionName, StepForm, TargetForm};
use domain::snapshot::{Bounds, Element, Fingerprint, Snapshot};
use domain::step::{Step, StepDecision};

/// Steps of one run, each with its artifacts.
pub(super) struct Sample(pub(super) Vec<(Step, Vec<NewArtifact>)>);

impl Sample {
    pub(super) fn new(steps: usize, snapshots: bool) -> Self {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        let with = |seq| (step(seq), if snapshots { vec![snapshot(seq)] } else { Vec::new() });
        Self((0..steps).map(with).collect())
    }
}

const URL: &str = "https://shop.example/admin/auth/user/add/";

fn step(seq: u32) -> Step {
    let target = TargetForm { css: Some("#id_username".to_owned()), ..TargetForm::default() };
    let action = StepForm {
        target: Some(target),
        value: Some(format!("{{{{inputs.user}}}}-{seq}")),
        ..StepForm::of(ActionName::Fill)
    };
    Step {
        seq,
        intent: format!("type the name of user {seq} into the form"),
        decision: StepDecision::Plan { step: seq },
        action,
        failure: None,
        observation: Observation {
            url: format!("{URL}?number={seq}"),
            title: "Add user | Django site admin".to_owned(),
            changes: vec![Change::Elements { appeared: seq % 5, disappeared: seq % 3 }],
            ..Observation::default()
        },
        fingerprint: Some(fingerprint(seq)),
        extracted: None,
        page: "/admin/auth/user/add/".to_owned(),
        started_at: SystemClock.now(),
        duration_ms: 40 + seq % 20,
    }
}

fn fingerprint(number: u32) -> Fingerprint {
    let id = format!("id_field_{number}");
    Fingerprint {
        tag: "input".to_owned(),
        input_type: Some("text".to_owned()),
        role: Some("textbox".to_owned()),
        name: format!("Field {number}"),
        label: Some(format!("Field {number}:")),
        name_attribute: Some(format!("field_{number}")),
        id: Some(id.clone()),
        attributes: [("class", "vTextField"), ("maxlength", "150"), ("autocomplete", "off")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        neighbour_text: "Required. 150 characters or fewer. Letters, digits and @ only.".to_owned(),
        xpath: format!("/html/body/div/div[2]/main/div/div/form/div/fieldset/div[{number}]/input"),
        css_path: format!("#{id}"),
        bounds: Bounds {
            x: 220.0,
            y: 180.5 + 42.0 * f64::from(number),
            width: 270.0,
            height: 30.0,
        },
        ..Fingerprint::default()
    }
}

/// About 20 kB of JSON, another one every time.
fn snapshot(seq: u32) -> NewArtifact {
    let element = |number| Element {
        fingerprint: fingerprint(seq * 50 + number),
        interactive: true,
        enabled: true,
        checked: None,
        value: Some(format!("value {seq}-{number}")),
    };
    let snapshot = Snapshot {
        url: URL.to_owned(),
        title: "Add user | Django site admin".to_owned(),
        elements: (0..41).map(element).collect(),
        truncated: false,
    };
    NewArtifact {
        id: ArtifactId::new(&SystemClock),
        kind: ArtifactKind::Snapshot,
        name: None,
        media_type: "application/json".to_owned(),
        content: serde_json::to_vec(&snapshot).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_are_of_the_size_that_the_table_says() {
        let sample = Sample::new(50, true);
        for (_, artifacts) in &sample.0 {
            let bytes = artifacts[0].content.len();
            assert!((18_000..22_000).contains(&bytes), "{bytes}");
        }
    }
}
