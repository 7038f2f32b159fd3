//! Who descends from a process, as Linux tells it.
//!
//! A test that starts a browser puts it into a process group of its own, out of reach of a signal to ours.
//! When a step is stopped in the middle, these are found by their parents. Elsewhere than on Linux the
//! answer is nobody.

#[cfg(unix)]
use std::fs;

/// The ids of all descendants of `ancestor` that are alive now.
#[cfg(unix)]
pub fn of(ancestor: i32) -> Vec<i32> {
    // Without /proc, and for a process that ended while we read, there is nobody to name.
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pairs: Vec<(i32, i32)> = entries
        .filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok())
        .filter_map(|s| parent(&s))
        .collect();
    below(ancestor, &pairs)
}

/// A process and its parent, from a line of `/proc/<id>/stat`. The name in its parentheses may itself hold
/// parentheses and blanks, so the line is cut at the last one.
#[cfg(unix)]
fn parent(stat: &str) -> Option<(i32, i32)> {
    let (head, tail) = stat.rsplit_once(')')?;
    let id = head.split_once(' ')?.0.parse().ok()?;
    let parent = tail.split_whitespace().nth(1)?.parse().ok()?;
    Some((id, parent))
}

#[cfg(unix)]
fn below(ancestor: i32, pairs: &[(i32, i32)]) -> Vec<i32> {
    let mut found = Vec::new();
    let mut open = vec![ancestor];
    while let Some(parent) = open.pop() {
        let children = pairs.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id);
        let children: Vec<i32> = children.filter(|id| !found.contains(id)).collect();
        found.extend(&children);
        open.extend(children);
    }
    found
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_blanks_and_parentheses_does_not_hide_the_parent() {
        assert_eq!(parent("4711 (Web (Process) 2) S 4242 4711 1 0 -1"), Some((4711, 4242)));
        assert_eq!(parent("nothing of the kind"), None);
    }

    #[test]
    fn descendants_are_found_through_the_generations() {
        let pairs = [(1, 0), (10, 1), (11, 10), (12, 11), (20, 1)];
        let mut found = below(10, &pairs);
        found.sort_unstable();
        assert_eq!(found, [11, 12]);
        assert_eq!(below(20, &pairs), [0; 0]);
    }
}
