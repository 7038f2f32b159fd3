//! The operating system's callback copies and does nothing else.
//!
//! An allocator that ends the program stands watch over the callback's thread: one allocation there, in any
//! state of the ring and for any format a device can deliver, and this test cannot pass. A lock held by the
//! other end would show as a wait; the other end is made to hold what it can.

// An allocator can only be replaced by unsafe code. It is confined to this one test.
#![allow(unsafe_code)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use attune_audio::tap::{Failure, tap};
use cpal::{FromSample, I24, Sample, U24};

struct Watched;

thread_local! {
    static ARMED: Cell<bool> = const { Cell::new(false) };
}

fn is_armed() -> bool {
    // A thread that is ending has no cell any more, and is no callback.
    ARMED.try_with(Cell::get).unwrap_or(false)
}

// SAFETY: everything is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_armed() {
            std::process::abort();
        }
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if is_armed() {
            std::process::abort();
        }
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static WATCHED: Watched = Watched;

/// Runs as the callback does: whoever allocates or frees ends the program.
fn on_the_callbacks_thread<T>(work: impl FnOnce() -> T) -> T {
    ARMED.set(true);
    let done = work();
    ARMED.set(false);
    done
}

fn delivers<T>(value: T)
where
    T: Copy + Send + 'static,
    f32: FromSample<T>,
{
    let (mut tap, mut drain, _alarm) = tap(48_000, 2);
    let delivery = [value; 960];
    let mut kept = Vec::with_capacity(2 * delivery.len());

    // Into a ring that is emptied, and then into one that fills up and overflows.
    for _ in 0..1_000 {
        on_the_callbacks_thread(|| tap.take(&delivery, f32::from_sample_));
        kept.clear();
        drain.read(&mut kept);
        assert_eq!(kept.len(), delivery.len());
    }
    assert_eq!(drain.left_out(), 0);
    for _ in 0..2_000 {
        on_the_callbacks_thread(|| tap.take(&delivery, f32::from_sample_));
    }
    assert!(drain.left_out() > 0, "a full ring counts what it leaves out");
}

#[test]
fn a_delivery_of_any_format_is_taken_without_allocating() {
    delivers(i8::EQUILIBRIUM);
    delivers(i16::EQUILIBRIUM);
    delivers(I24::EQUILIBRIUM);
    delivers(i32::EQUILIBRIUM);
    delivers(i64::EQUILIBRIUM);
    delivers(u8::EQUILIBRIUM);
    delivers(u16::EQUILIBRIUM);
    delivers(U24::EQUILIBRIUM);
    delivers(u32::EQUILIBRIUM);
    delivers(u64::EQUILIBRIUM);
    delivers(f32::EQUILIBRIUM);
    delivers(f64::EQUILIBRIUM);
}

#[test]
fn a_hundred_thousand_deliveries_are_taken_while_the_other_end_reads_and_watches() {
    let (mut tap, mut drain, alarm) = tap(48_000, 1);
    let over = Arc::new(AtomicBool::new(false));
    let both = Arc::new(Barrier::new(2));
    let reader = thread::spawn({
        let (over, both) = (Arc::clone(&over), Arc::clone(&both));
        move || {
            let (mut kept, mut total, mut left_out) = (Vec::new(), 0_u64, 0_u64);
            both.wait();
            loop {
                let last = over.load(Ordering::Acquire);
                kept.clear();
                drain.read(&mut kept);
                total += kept.len() as u64;
                left_out += drain.left_out();
                // What a watcher asks, as often as it can.
                assert!(alarm.raised().is_none());
                assert!(drain.quiet_for().is_none_or(|quiet| quiet < Duration::from_secs(60)));
                if last {
                    return total + left_out;
                }
            }
        }
    });
    both.wait();
    let delivery = [0.25_f32; 480];
    let longest = on_the_callbacks_thread(|| {
        let mut longest = Duration::ZERO;
        for _ in 0..100_000 {
            let began = Instant::now();
            tap.take(&delivery, |sample| sample);
            longest = longest.max(began.elapsed());
        }
        longest
    });
    over.store(true, Ordering::Release);
    assert_eq!(reader.join().unwrap(), 100_000 * 480, "every sample was kept or counted");
    // Generous for a machine under load; a callback that waits for a disk or a lock takes longer than this.
    assert!(longest < Duration::from_millis(500), "one delivery took {longest:?}");
}

#[test]
fn a_delivery_is_kept_whole_or_counted_so_that_channels_never_change_places() {
    let (mut tap, mut drain, _alarm) = tap(100, 2);
    let delivery: Vec<f32> = (0..7).flat_map(|n| [n as f32, -(n as f32) - 1.0]).collect();
    for _ in 0..1_000 {
        tap.take(&delivery, |sample| sample);
    }
    let mut kept = Vec::new();
    drain.read(&mut kept);
    assert_eq!(kept.len() as u64 + drain.left_out(), 1_000 * delivery.len() as u64);
    for pair in kept.chunks(2) {
        assert!(pair[0] >= 0.0 && pair[1] < 0.0, "left and right stay left and right");
    }
}

#[test]
fn a_stream_that_ends_is_known_whether_it_says_so_or_not() {
    let (tap_that_says_so, _drain, alarm) = tap(48_000, 1);
    assert_eq!(alarm.raised(), None);
    alarm.raise(Failure::Denied);
    assert_eq!(alarm.raised(), Some(Failure::Denied));
    drop(tap_that_says_so);
    assert_eq!(alarm.raised(), Some(Failure::Denied), "the first reason stands");

    let (tap_that_vanishes, _drain, alarm) = tap(48_000, 1);
    drop(tap_that_vanishes);
    assert_eq!(alarm.raised(), Some(Failure::Gone));
}
