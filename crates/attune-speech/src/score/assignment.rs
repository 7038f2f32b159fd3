//! Who is whom: the matching of two sets of names that fits best.

/// For each row of a square table the column it is matched with, such that the sum is the greatest.
///
/// The Hungarian method on what each match would lose. It takes the cube of the size, which no room of people makes
/// worth a thought.
pub fn best(gain: &[Vec<u64>]) -> Vec<usize> {
    let size = gain.len();
    let most = gain.iter().flatten().copied().max().unwrap_or(0);
    let loss = |row: usize, column: usize| i128::from(most - gain[row - 1][column - 1]);
    // Rows and columns count from one; column nought is where a row waits that has none.
    let (mut of_row, mut of_column) = (vec![0_i128; size + 1], vec![0_i128; size + 1]);
    let mut row_at = vec![0_usize; size + 1];
    for row in 1..=size {
        row_at[0] = row;
        let mut at = 0;
        let mut least = vec![i128::MAX; size + 1];
        let mut came_from = vec![0_usize; size + 1];
        let mut seen = vec![false; size + 1];
        while row_at[at] != 0 {
            seen[at] = true;
            let (mut step, mut next) = (i128::MAX, 0);
            for column in (1..=size).filter(|column| !seen[*column]) {
                let here = loss(row_at[at], column) - of_row[row_at[at]] - of_column[column];
                if here < least[column] {
                    (least[column], came_from[column]) = (here, at);
                }
                if least[column] < step {
                    (step, next) = (least[column], column);
                }
            }
            for column in 0..=size {
                if seen[column] {
                    of_row[row_at[column]] += step;
                    of_column[column] -= step;
                } else if least[column] != i128::MAX {
                    least[column] -= step;
                }
            }
            at = next;
        }
        while at != 0 {
            row_at[at] = row_at[came_from[at]];
            at = came_from[at];
        }
    }
    let mut matched = vec![0; size];
    for column in 1..=size {
        matched[row_at[column] - 1] = column - 1;
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(gain: &[Vec<u64>], matched: &[usize]) -> u64 {
        matched.iter().enumerate().map(|(row, column)| gain[row][*column]).sum()
    }

    /// Tries every matching.
    fn greatest(gain: &[Vec<u64>], row: usize, taken: &mut Vec<usize>) -> u64 {
        if row == gain.len() {
            return sum(gain, taken);
        }
        let mut greatest_yet = 0;
        for column in 0..gain.len() {
            if !taken.contains(&column) {
                taken.push(column);
                greatest_yet = greatest_yet.max(greatest(gain, row + 1, taken));
                taken.pop();
            }
        }
        greatest_yet
    }

    #[test]
    fn the_greedy_matching_is_not_always_the_best() {
        // Greedy takes 10 and is left with 1; 9 and 9 are more.
        assert_eq!(best(&[vec![10, 9], vec![9, 1]]), [1, 0]);
        assert_eq!(best(&[vec![5]]), [0]);
        assert!(best(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn no_other_matching_fits_better(gain in (1_usize..6).prop_flat_map(|size| {
            prop::collection::vec(prop::collection::vec(0_u64..1000, size), size)
        })) {
            let matched = best(&gain);
            let mut columns = matched.clone();
            columns.sort_unstable();
            prop_assert_eq!(columns, (0..gain.len()).collect::<Vec<_>>());
            prop_assert_eq!(sum(&gain, &matched), greatest(&gain, 0, &mut Vec::new()));
        }
    }
}
