//! The few directions in which voices differ most: principal axes, by Jacobi's rotations.

/// Directions, the one of most difference first.
#[derive(Debug, Clone, PartialEq)]
pub struct Axes(Vec<Vec<f64>>);

impl Axes {
    /// The first axes of points that lie around nought, each with a weight.
    pub fn of(points: &[&[f32]], weights: &[f32], many: usize) -> Self {
        let Some(width) = points.first().map(|point| point.len()) else { return Self(Vec::new()) };
        let total: f32 = weights.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let mut spread = vec![vec![0.0f64; width]; width];
        for (point, weight) in points.iter().zip(weights) {
            for (row, left) in spread.iter_mut().zip(*point) {
                for (sum, right) in row.iter_mut().zip(*point) {
                    *sum += f64::from(left * right * weight / total);
                }
            }
        }
        let (values, vectors) = jacobi(spread);
        let mut order: Vec<usize> = (0..width).collect();
        order.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
        let axis = |axis: usize| (0..width).map(|row| vectors[row][axis]).collect();
        Self(order.into_iter().take(many).map(axis).collect())
    }

    /// Where a point lies on them.
    pub fn turn(&self, point: &[f32]) -> Vec<f32> {
        let along =
            |axis: &Vec<f64>| axis.iter().zip(point).map(|(axis, at)| axis * f64::from(*at)).sum::<f64>();
        self.0.iter().map(|axis| along(axis) as f32).collect()
    }
}

/// Eigenvalues and, in columns, eigenvectors of a symmetric matrix.
fn jacobi(mut matrix: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let width = matrix.len();
    let mut vectors: Vec<Vec<f64>> =
        (0..width).map(|row| (0..width).map(|column| f64::from(u8::from(row == column))).collect()).collect();
    for _ in 0..60 {
        let off: f64 = (0..width)
            .flat_map(|row| (row + 1..width).map(move |column| (row, column)))
            .map(|(r, c)| matrix[r][c].powi(2))
            .sum();
        if off < 1e-12 {
            break;
        }
        for p in 0..width {
            for q in p + 1..width {
                if matrix[p][q].abs() < 1e-15 {
                    continue;
                }
                let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
                let sign = if theta < 0.0 { -1.0 } else { 1.0 };
                let t = sign / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in &mut matrix {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
                let (above, below) = matrix.split_at_mut(q);
                for (left, right) in above[p].iter_mut().zip(&mut below[0]) {
                    (*left, *right) = (c * *left - s * *right, s * *left + c * *right);
                }
                for row in &mut vectors {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
            }
        }
    }
    ((0..width).map(|at| matrix[at][at]).collect(), vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_on_a_line_need_one_axis() {
        let points: Vec<Vec<f32>> = (-5..=5).map(|at| vec![3.0 * at as f32, 4.0 * at as f32, 0.0]).collect();
        let borrowed: Vec<&[f32]> = points.iter().map(Vec::as_slice).collect();
        let axes = Axes::of(&borrowed, &[1.0; 11], 2);
        let turned = points.iter().map(|point| axes.turn(point));
        for (turned, at) in turned.zip(-5..=5) {
            assert!((turned[0].abs() - 5.0 * (at as f32).abs()).abs() < 1e-3);
            assert!(turned[1].abs() < 1e-3);
        }
    }
}
