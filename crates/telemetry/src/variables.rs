//! Where signals go, by the standard `OTEL_*` variables. What is not named here (sampler, batches,
//! headers, compression, intervals) the SDK reads itself.

use std::collections::BTreeMap;
use std::time::Duration;

/// Where the signals of this process go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// Spans.
    pub traces: Option<Target>,
    /// Measurements.
    pub metrics: Option<Target>,
    /// The log.
    pub logs: Option<Target>,
    /// What is said of the process besides what it says itself; wins over that.
    pub resource: BTreeMap<String, String>,
}

/// Where one signal goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The whole URL.
    pub endpoint: String,
    /// How it is sent.
    pub protocol: Protocol,
    /// How long sending may take, retries included.
    pub timeout: Duration,
}

/// How signals are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `grpc`.
    Grpc,
    /// `http/protobuf`.
    HttpProtobuf,
}

/// A variable that cannot be meant.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{name}: {message}")]
pub struct VariableError {
    /// Which.
    pub name: String,
    /// What would be right.
    pub message: String,
}

const TIMEOUT: Duration = Duration::from_secs(10);

impl Export {
    /// Reads the variables; those that are not `OTEL_*` are passed over. Nothing is exported unless
    /// an endpoint is named.
    ///
    /// # Errors
    /// A variable has a value that cannot be meant.
    pub fn read(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, VariableError> {
        let variables = Variables::of(variables);
        let mut resource = variables.resource();
        let service = variables.get("OTEL_SERVICE_NAME").map(str::to_owned);
        resource.extend(service.map(|name| ("service.name".to_owned(), name)));
        if variables.get("OTEL_SDK_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true")) {
            return Ok(Self { resource, ..Self::default() });
        }
        Ok(Self {
            traces: variables.target("TRACES")?,
            metrics: variables.target("METRICS")?,
            logs: variables.target("LOGS")?,
            resource,
        })
    }

    /// The same without sending anything: for commands that end at once.
    #[must_use]
    pub fn off(self) -> Self {
        Self { traces: None, metrics: None, logs: None, ..self }
    }
}

/// The variables that are set to something.
struct Variables(BTreeMap<String, String>);

impl Variables {
    fn of(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let ours = variables.into_iter().filter(|(name, _)| name.starts_with("OTEL_"));
        let set = ours.map(|(name, value)| (name, value.trim().to_owned()));
        Self(set.filter(|(_, value)| !value.is_empty()).collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The variable of the signal, or of all signals, with its name.
    fn of_signal(&self, signal: &str, what: &str) -> Option<(String, &str)> {
        let own = format!("OTEL_EXPORTER_OTLP_{signal}_{what}");
        let all = format!("OTEL_EXPORTER_OTLP_{what}");
        [own, all].into_iter().find_map(|name| self.get(&name).map(|value| (name.clone(), value)))
    }

    fn target(&self, signal: &str) -> Result<Option<Target>, VariableError> {
        let exporter = format!("OTEL_{signal}_EXPORTER");
        match self.get(&exporter) {
            None | Some("otlp") => {}
            Some("none") => return Ok(None),
            Some(_) => return Err(wrong(exporter, "is `otlp` or `none`")),
        }
        let Some((name, endpoint)) = self.of_signal(signal, "ENDPOINT") else { return Ok(None) };
        if !endpoint.starts_with("http://") && !endpoint.starts_with("https://") {
            return Err(wrong(name, "is an address, as in http://collector:4318"));
        }
        self.refuse_certificates(signal)?;
        let protocol = self.protocol(signal)?;
        let for_all = name == "OTEL_EXPORTER_OTLP_ENDPOINT";
        let endpoint = if for_all && protocol == Protocol::HttpProtobuf {
            format!("{}/v1/{}", endpoint.trim_end_matches('/'), signal.to_lowercase())
        } else {
            endpoint.to_owned()
        };
        Ok(Some(Target { endpoint, protocol, timeout: self.timeout(signal)? }))
    }

    /// Whoever names a certificate means it, and the exporters would go on without.
    fn refuse_certificates(&self, signal: &str) -> Result<(), VariableError> {
        if let Some((name, _)) = self.of_signal(signal, "CERTIFICATE") {
            let right = "is not read: name the file in SSL_CERT_FILE, or have the system trust it";
            return Err(wrong(name, right));
        }
        let own = ["CLIENT_KEY", "CLIENT_CERTIFICATE"];
        match own.into_iter().find_map(|what| self.of_signal(signal, what)) {
            Some((name, _)) => {
                Err(wrong(name, "is not read: no certificate is shown to a collector"))
            }
            None => Ok(()),
        }
    }

    fn protocol(&self, signal: &str) -> Result<Protocol, VariableError> {
        match self.of_signal(signal, "PROTOCOL") {
            None | Some((_, "http/protobuf")) => Ok(Protocol::HttpProtobuf),
            Some((_, "grpc")) => Ok(Protocol::Grpc),
            Some((name, _)) => Err(wrong(name, "is `http/protobuf` or `grpc`")),
        }
    }

    fn timeout(&self, signal: &str) -> Result<Duration, VariableError> {
        match self.of_signal(signal, "TIMEOUT") {
            None => Ok(TIMEOUT),
            Some((name, text)) => match text.parse() {
                Ok(milliseconds) => Ok(Duration::from_millis(milliseconds)),
                Err(_) => Err(wrong(name, "is a number of milliseconds")),
            },
        }
    }

    /// `key=value,key=value`. Pairs that are none are passed over, as the specification has it.
    fn resource(&self) -> BTreeMap<String, String> {
        let pairs = self.get("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default().split(',');
        let pairs = pairs.filter_map(|pair| pair.split_once('='));
        pairs.map(|(key, value)| (key.trim().to_owned(), decoded(value.trim()))).collect()
    }
}

fn wrong(name: String, message: &str) -> VariableError {
    VariableError { name, message: message.to_owned() }
}

/// Undoes percent-encoding; what is none stays as it is.
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Export, VariableError> {
        Export::read(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    fn target(endpoint: &str, protocol: Protocol) -> Target {
        Target { endpoint: endpoint.into(), protocol, timeout: TIMEOUT }
    }

    #[test]
    fn nothing_is_exported_unless_an_endpoint_is_named() {
        assert_eq!(read(&[]), Ok(Export::default()));
        let protocol = [("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_TRACES_EXPORTER", "otlp")];
        assert_eq!(read(&protocol), Ok(Export::default()));
        assert_eq!(read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]), Ok(Export::default()));
    }

    #[test]
    fn one_endpoint_serves_all_signals_by_their_paths() {
        let export = read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/")]).unwrap();
        let http = Protocol::HttpProtobuf;
        assert_eq!(export.traces, Some(target("http://c:4318/v1/traces", http)));
        assert_eq!(export.metrics, Some(target("http://c:4318/v1/metrics", http)));
        assert_eq!(export.logs, Some(target("http://c:4318/v1/logs", http)));
    }

    #[test]
    fn a_signals_own_variables_win() {
        let export = read(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://l:4318/in"),
            ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "250"),
            ("OTEL_METRICS_EXPORTER", "none"),
        ]);
        let export = export.unwrap();
        assert_eq!(export.traces, Some(target("http://c:4317", Protocol::Grpc)));
        assert_eq!(export.metrics, None);
        let logs = export.logs.unwrap();
        assert_eq!(logs.endpoint, "http://l:4318/in");
        assert_eq!(logs.protocol, Protocol::HttpProtobuf);
        assert_eq!(logs.timeout, Duration::from_millis(250));
    }

    #[test]
    fn disabling_wins_over_everything() {
        let all = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"), ("OTEL_SDK_DISABLED", "TRUE")];
        assert_eq!(read(&all), Ok(Export::default()));
    }

    #[test]
    fn the_process_is_named_as_the_variables_say() {
        let resource = read(&[
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=a, deployment.environment.name=eu%20west,x"),
            ("OTEL_SERVICE_NAME", "b"),
        ]);
        let resource = resource.unwrap().resource;
        assert_eq!(resource["service.name"], "b");
        assert_eq!(resource["deployment.environment.name"], "eu west");
        assert_eq!(resource.len(), 2);
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let refused = |variables: &[(&str, &str)]| read(variables).unwrap_err().to_string();
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c");
        let protocol = refused(&[endpoint, ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]);
        assert_eq!(protocol, "OTEL_EXPORTER_OTLP_PROTOCOL: is `http/protobuf` or `grpc`");
        let bare = refused(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4317")]);
        assert!(bare.starts_with("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: is an address"), "{bare}");
        let exporter = refused(&[endpoint, ("OTEL_LOGS_EXPORTER", "console")]);
        assert_eq!(exporter, "OTEL_LOGS_EXPORTER: is `otlp` or `none`");
        for name in ["CERTIFICATE", "TRACES_CLIENT_KEY", "METRICS_CLIENT_CERTIFICATE"] {
            let name = format!("OTEL_EXPORTER_OTLP_{name}");
            let unread = refused(&[endpoint, (&name, "/etc/collector.pem")]);
            assert!(unread.starts_with(&format!("{name}: is not read: ")), "{unread}");
        }
    }
}
