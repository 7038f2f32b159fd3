//! k-means: points into so many groups, the same groups every time.

/// Tries of which the best counts.
const TRIES: u64 = 30;

/// Points in groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    /// Of each point, its group.
    pub of: Vec<usize>,
    pub centres: Vec<Vec<f32>>,
    /// What is left between points and their centres.
    pub scatter: f32,
}

/// Puts points, each with a weight, into so many groups.
pub fn groups(points: &[Vec<f32>], weights: &[f32], many: usize) -> Groups {
    let many = many.clamp(1, points.len().max(1));
    (0..TRIES)
        .map(|seed| settle(points, weights, begin(points, weights, many, seed)))
        .min_by(|a, b| a.scatter.total_cmp(&b.scatter))
        .unwrap_or(Groups { of: Vec::new(), centres: Vec::new(), scatter: 0.0 })
}

/// First centres: far from one another, by a dice that always falls the same.
fn begin(points: &[Vec<f32>], weights: &[f32], many: usize, seed: u64) -> Vec<Vec<f32>> {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut centres: Vec<Vec<f32>> = Vec::new();
    while centres.len() < many {
        let worth: Vec<f32> = points
            .iter()
            .zip(weights)
            .map(|(point, weight)| {
                let near = centres.iter().map(|centre| apart(point, centre)).fold(f32::INFINITY, f32::min);
                weight * if near.is_finite() { near } else { 1.0 }
            })
            .collect();
        let mut left = dice.throw() * worth.iter().sum::<f32>();
        let chosen = worth.iter().position(|worth| {
            left -= worth;
            left <= 0.0
        });
        match points.get(chosen.unwrap_or(points.len().saturating_sub(1))) {
            Some(point) => centres.push(point.clone()),
            None => break,
        }
    }
    centres
}

fn settle(points: &[Vec<f32>], weights: &[f32], mut centres: Vec<Vec<f32>>) -> Groups {
    let mut of = vec![usize::MAX; points.len()];
    for _ in 0..100 {
        let now: Vec<usize> = points.iter().map(|point| nearest(point, &centres)).collect();
        if now == of {
            break;
        }
        of = now;
        for (group, centre) in centres.iter_mut().enumerate() {
            let mut sum = vec![0.0f64; centre.len()];
            let mut total = 0.0f64;
            for ((point, weight), _) in points.iter().zip(weights).zip(&of).filter(|(_, of)| **of == group) {
                total += f64::from(*weight);
                for (sum, value) in sum.iter_mut().zip(point) {
                    *sum += f64::from(value * weight);
                }
            }
            if total > 0.0 {
                *centre = sum.iter().map(|sum| (sum / total) as f32).collect();
            }
        }
    }
    let scatter = points
        .iter()
        .zip(weights)
        .zip(&of)
        .map(|((point, weight), of)| weight * apart(point, &centres[*of]))
        .sum();
    Groups { of, centres, scatter }
}

/// Which centre is nearest.
pub fn nearest(point: &[f32], centres: &[Vec<f32>]) -> usize {
    let to = |centre: &Vec<f32>| apart(point, centre);
    (0..centres.len()).min_by(|a, b| to(&centres[*a]).total_cmp(&to(&centres[*b]))).unwrap_or(0)
}

/// The square of how far two points lie apart.
pub fn apart(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// How well points stand in their groups: of each how much nearer its own is than the next, weighted. From -1 to 1.
pub fn silhouette(points: &[Vec<f32>], weights: &[f32], of: &[usize], many: usize) -> Vec<f32> {
    points
        .iter()
        .enumerate()
        .map(|(at, point)| {
            let (mut sums, mut totals) = (vec![0.0f32; many], vec![0.0f32; many]);
            for (other, point_other) in points.iter().enumerate().filter(|(other, _)| *other != at) {
                sums[of[other]] += weights[other] * apart(point, point_other).sqrt();
                totals[of[other]] += weights[other];
            }
            let mean = |group: usize| sums[group] / totals[group].max(f32::MIN_POSITIVE);
            let own = mean(of[at]);
            let next = (0..many)
                .filter(|group| *group != of[at] && totals[*group] > 0.0)
                .map(mean)
                .fold(f32::INFINITY, f32::min);
            if totals[of[at]] == 0.0 || !next.is_finite() {
                0.0
            } else {
                (next - own) / next.max(own).max(1e-9)
            }
        })
        .collect()
}

struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_heaps() -> Vec<Vec<f32>> {
        (0..20)
            .map(|at| vec![if at % 3 == 0 { 10.0 } else { 0.0 } + (at % 5) as f32 * 0.1, at as f32 * 0.05])
            .collect()
    }

    #[test]
    fn two_heaps_are_two_groups_and_always_the_same() {
        let points = two_heaps();
        let found = groups(&points, &[1.0; 20], 2);
        for at in 0..20 {
            assert_eq!(found.of[at] == found.of[0], at % 3 == 0);
        }
        assert_eq!(found, groups(&points, &[1.0; 20], 2));
        let sure = silhouette(&points, &[1.0; 20], &found.of, 2);
        assert!(sure.iter().all(|sure| *sure > 0.8));
    }

    #[test]
    fn fewer_points_than_groups_are_a_group_each() {
        assert_eq!(groups(&[vec![1.0]], &[1.0], 3).of, [0]);
        assert!(groups(&[], &[], 2).of.is_empty());
    }
}
