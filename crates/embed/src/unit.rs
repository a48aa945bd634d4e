//! Vectors of length one, so that a dot product is a cosine.

/// The vector scaled to length one; none when it has no direction, or numbers that are none.
pub(crate) fn unit(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if !length.is_finite() || length <= f32::EPSILON {
        return None;
    }
    for x in &mut vector {
        *x /= length;
    }
    Some(vector)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_keeps_its_direction() {
        assert_eq!(unit(vec![3.0, 4.0]), Some(vec![0.6, 0.8]));
    }

    #[test]
    fn what_has_no_direction_is_no_vector() {
        for none in [vec![], vec![0.0, 0.0], vec![f32::NAN, 1.0], vec![f32::INFINITY]] {
            assert_eq!(unit(none), None);
        }
    }
}
