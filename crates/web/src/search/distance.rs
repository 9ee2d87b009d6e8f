//! As the crow flies.

use booking::{Clinic, Region};

/// Degrees, WGS84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub lat: f64,
    pub lon: f64,
}

impl Point {
    pub fn of_clinic(clinic: &Clinic) -> Self {
        Self { lat: clinic.lat, lon: clinic.lon }
    }

    /// None where the country's files do not say.
    pub fn of_region(region: &Region) -> Option<Self> {
        region.point.map(|(lat, lon)| Self { lat, lon })
    }

    /// Kilometres on a sphere (haversine); within 0.6 % of the ellipsoid.
    pub fn km_to(self, other: Self) -> f64 {
        const EARTH_RADIUS_KM: f64 = 6_371.0;
        let (lat, other_lat) = (self.lat.to_radians(), other.lat.to_radians());
        let north = ((other_lat - lat) / 2.0).sin();
        let east = ((other.lon - self.lon).to_radians() / 2.0).sin();
        let chord = north * north + lat.cos() * other_lat.cos() * east * east;
        2.0 * EARTH_RADIUS_KM * chord.sqrt().min(1.0).asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SEOUL: Point = Point { lat: 37.5665, lon: 126.9780 };
    const BUSAN: Point = Point { lat: 35.1796, lon: 129.0756 };

    #[test]
    fn seoul_and_busan_are_325_kilometres_apart() {
        assert!((SEOUL.km_to(BUSAN) - 325.0).abs() < 2.0, "{}", SEOUL.km_to(BUSAN));
        assert!((SEOUL.km_to(Point { lat: 37.5755, ..SEOUL }) - 1.0).abs() < 0.01);
    }

    proptest! {
        #[test]
        fn a_distance_is_the_same_both_ways_and_zero_to_oneself(
            (lat, lon, other_lat, other_lon) in (33.0..39.0, 124.0..132.0, 33.0..39.0, 124.0..132.0)
        ) {
            let (here, there) = (Point { lat, lon }, Point { lat: other_lat, lon: other_lon });
            prop_assert!((here.km_to(there) - there.km_to(here)).abs() < 1e-9);
            prop_assert!(here.km_to(here).abs() < 1e-9);
            prop_assert!(here.km_to(there) >= 0.0);
        }
    }
}
