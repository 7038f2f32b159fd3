//! The shell: windows, tray, start-up order, and the commands that bind the crates to the screens.
//!
//! Nothing here decides anything clinical. A command names a use-case and passes it on; what it returns
//! crosses as it is, and what fails crosses as a code and a reference.

mod awake;
mod commands;
pub mod desk;
mod equipment;
mod events;
mod fault;
pub mod headless;
mod home;
pub mod journal;
mod preferences;
mod process;
mod sample;
mod suspend;
mod tray;
mod window;

use std::sync::Arc;

use anyhow::Context;
use tauri::{App, Manager, RunEvent, Runtime, WindowEvent};
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

pub use equipment::{Equipment, SPEECH_WORKER, itself};
pub use fault::Fault;
pub use home::Home;
pub use preferences::Settings;
pub use process::prepare_process;

use desk::Desk;

/// Every command and event that crosses to the screens: the one list.
pub fn bindings<R: Runtime>() -> Builder<R> {
    Builder::<R>::new()
        .error_handling(ErrorHandlingMode::Result)
        .disable_serde_phases()
        .commands(collect_commands![
            commands::desk::desk_state,
            commands::desk::desk_enrol,
            commands::desk::desk_unlock,
            commands::desk::desk_unlock_with_pin,
            commands::desk::desk_recover,
            commands::desk::desk_lock,
            commands::desk::desk_touch,
            commands::desk::desk_ready,
            commands::locks::password_judge,
            commands::locks::password_change,
            commands::locks::pin_set,
            commands::locks::pin_clear,
            commands::locks::kit_verify,
            commands::locks::kit_renew,
            commands::locks::greeting_change,
            commands::settings::settings_read,
            commands::settings::settings_change::<tauri::Wry>,
            commands::safety::safety_lines,
            commands::team::team_members,
            commands::team::practice_rename,
            commands::patients::patients_find,
            commands::patients::patients_open,
            commands::patients::patients_read,
            commands::patients::patients_create,
            commands::patients::patients_edit,
            commands::patients::patients_archive,
            commands::patients::patients_restore,
            commands::patients::patients_resembling,
            commands::patients::patients_import_preview,
            commands::patients::patients_import,
            commands::moods::moods_log,
            commands::moods::moods_amend,
            commands::moods::moods_withdraw,
            commands::moods::moods_restore,
            commands::moods::moods_list,
            commands::consents::consents_text,
            commands::consents::consents_list,
            commands::consents::consents_give,
            commands::consents::consents_withdraw,
            commands::sessions::sessions_of_patient,
            commands::sessions::sessions_lately,
            commands::sessions::sessions_open,
            commands::sessions::sessions_read,
            commands::sessions::sessions_begin_unrecorded,
            commands::sessions::sessions_change,
            commands::sessions::sessions_seen,
            commands::recording::recording_devices,
            commands::recording::recording_state,
            commands::recording::recording_listen,
            commands::recording::recording_leave,
            commands::recording::recording_start,
            commands::recording::recording_continue,
            commands::recording::recording_pause,
            commands::recording::recording_resume,
            commands::recording::recording_bookmark,
            commands::recording::recording_stop,
            commands::recording::recording_extend,
            commands::recording::recording_still_here,
            commands::recordings::recordings_waveform,
            commands::recordings::recordings_delete_audio,
            commands::recordings::recordings_make_smaller,
            commands::recordings::recordings_choose::<tauri::Wry>,
            commands::recordings::recordings_export,
            commands::recordings::recordings_import,
            commands::transcripts::transcripts_of_session,
            commands::transcripts::transcripts_open,
            commands::transcripts::transcripts_read,
            commands::transcripts::transcripts_start,
            commands::transcripts::transcripts_retry,
            commands::transcripts::transcripts_stop,
            commands::transcripts::transcripts_again,
            commands::transcripts::transcripts_correct,
            commands::transcripts::transcripts_uncorrect,
            commands::transcripts::transcripts_history,
            commands::transcripts::transcripts_say,
            commands::transcripts::transcripts_swap,
            commands::transcripts::transcripts_name,
            commands::transcripts::transcripts_tell_apart,
            commands::transcripts::transcripts_delete,
            commands::transcripts::transcripts_export,
            commands::transcripts::transcripts_remember_voice,
            commands::transcripts::voice_state,
            commands::transcripts::voice_forget,
            commands::speech::speech_models,
            commands::speech::speech_model_download::<tauri::Wry>,
            commands::speech::speech_model_cancel,
            commands::speech::speech_model_delete,
            commands::speech::speech_model_choose::<tauri::Wry>,
            commands::speech::speech_model_choose_file::<tauri::Wry>,
            commands::speech::speech_model_bring_in::<tauri::Wry>,
            commands::speech::remote_read,
            commands::speech::remote_change,
            commands::speech::remote_key_set,
            commands::speech::remote_key_clear,
            commands::speech::transcripts_allow_remote,
            commands::speech::remote_allowed,
            commands::speech::live_text,
            commands::player::player_open,
            commands::player::player_play,
            commands::player::player_pause,
            commands::player::player_seek,
            commands::player::player_speed,
            commands::player::player_skip_silence,
            commands::player::player_close,
            commands::unsaved::unsaved_keep,
            commands::unsaved::unsaved_read,
            commands::unsaved::unsaved_drop,
            commands::keeping::backup_make,
            commands::keeping::backup_restore,
            commands::keeping::backup_choose::<tauri::Wry>,
            commands::keeping::store_verify,
        ])
        .events(collect_events![
            events::PracticeChanged,
            events::LockChanged,
            events::LockNear,
            events::BackupProgress,
            events::AudioProgress,
            events::RecorderChanged,
            events::RecorderLevel,
            events::PlayerMoved,
            events::TranscribingMoved,
            events::LiveTextMoved,
            events::SpeechModelsChanged,
        ])
}

/// What the window, the development bridge and the journeys of the tests share: commands, events, state
/// and the idle watch, ready before the first screen asks.
/// `equipment` is this machine's, or in a development bridge what stands on a stage.
pub fn assemble<R: Runtime>(
    builder: tauri::Builder<R>,
    home: Home,
    equipment: Equipment,
) -> anyhow::Result<App<R>> {
    let bindings = bindings::<R>();
    let app = builder
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(bindings.invoke_handler())
        .build(tauri::generate_context!())
        .context("building the application")?;
    bindings.mount_events(&app);
    let settings = preferences::read(app.handle(), &home);
    let desk = Arc::new(Desk::new(&home, settings, equipment).context("setting up the desk")?);
    tauri::async_runtime::block_on(sample::make_if_asked(&desk, &home))
        .context("making the sample practice")?;
    app.manage(home);
    app.manage(Arc::clone(&desk));
    events::forward(app.handle(), &desk);
    desk::watch_idleness(Arc::clone(&desk));
    desk::mind_recordings(&desk);
    suspend::lock_before_sleep(desk);
    Ok(app)
}

/// Opens the window and stays until it is closed.
pub fn open_window() -> anyhow::Result<()> {
    let home = Home::find().context("finding a folder for the practice")?;
    // Held until the end: it writes what is still in its buffer when it goes.
    let _journal = journal::begin(&home);
    let mut builder = tauri::Builder::default();
    // A home named by hand is a trial beside the real one: it must not hand over to the real window.
    if home.is_the_usual() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)));
    }
    let app = assemble(builder, home, Equipment::of_this_machine()?)?;
    window::open(app.handle()).context("opening the window")?;
    let desk = Arc::clone(&app.state::<Arc<Desk>>());
    tray::hang(app.handle(), &desk);
    awake::stay_awake_while_recording(&desk);
    app.run(move |app, event| match event {
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. }
            if desk.scribe().state().is_recording() =>
        {
            // The light stays where it can be seen.
            api.prevent_close();
            window::put_aside(app);
        }
        // The window is gone, however it went; what is being said is not.
        RunEvent::ExitRequested { api, code: None, .. } if desk.scribe().state().is_recording() => {
            api.prevent_exit();
            if let Err(error) = window::open(app) {
                tracing::error!(%error, "the window did not open again");
            }
        }
        RunEvent::Exit => tauri::async_runtime::block_on(desk.leave()),
        _ => {}
    });
    Ok(())
}
