//! Where the metrics go: always to whoever asks for `/metrics`, and to a collector if there is one.

use crate::spans::names::SCOPE;
use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry_sdk::metrics::{MeterProviderBuilder, SdkMeterProvider};
use prometheus::{Registry, TextEncoder};
use std::sync::OnceLock;

/// The provider of this process, and what Prometheus reads of it.
struct Export {
    provider: SdkMeterProvider,
    registry: Registry,
}

static EXPORT: OnceLock<Export> = OnceLock::new();

/// The provider of this process. Whoever asks first says what it says of itself, and what else reads
/// it; a process has one, so that what is counted in it is told the same everywhere.
pub(crate) fn provider(
    with: impl FnOnce(MeterProviderBuilder) -> MeterProviderBuilder,
) -> SdkMeterProvider {
    EXPORT.get_or_init(|| Export::new(with(SdkMeterProvider::builder()))).provider.clone()
}

/// The metrics as Prometheus reads them: its text format, version 0.0.4.
#[must_use]
pub fn prometheus() -> String {
    super::metrics();
    let Some(export) = EXPORT.get() else { return String::new() };
    let families = export.registry.gather();
    TextEncoder::new().encode_to_string(&families).unwrap_or_else(|error| {
        tracing::error!(%error, "the metrics cannot be written");
        String::new()
    })
}

pub(super) fn meter() -> Meter {
    provider(|builder| builder).meter(SCOPE)
}

impl Export {
    fn new(builder: MeterProviderBuilder) -> Self {
        let registry = Registry::new();
        let reader = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .scope_info_enabled(false)
            .build();
        let provider = match reader {
            Ok(reader) => builder.with_reader(reader).build(),
            Err(error) => {
                tracing::error!(%error, "there will be nothing at /metrics");
                builder.build()
            }
        };
        Self { provider, registry }
    }
}
