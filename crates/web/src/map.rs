//! A map of dots: where the clinics of a list lie, without tiles and without boundaries. Pure geometry; the page draws it.

use crate::pages::parts::Availability;
use crate::search::distance::Point;

/// Units of the drawing; on a phone of 360 px one unit is a little less than a pixel.
pub const WIDTH: f64 = 360.0;
pub const HEIGHT: f64 = 360.0;
/// Room for half a dot, and for a label beneath.
const MARGIN: f64 = 26.0;
/// Dots are this far apart, from middle to middle: each is a target of its own.
pub const DOT: f64 = 28.0;
/// What the shapes may mean, as the legend lists them.
pub const LEGEND: [Availability; 5] =
    [Availability::Many, Availability::Few, Availability::None, Availability::Closed, Availability::Unknown];
const LABELS_MAX: usize = 14;
const LABEL_HEIGHT: f64 = 18.0;
/// Of one Korean syllable.
const LABEL_CHAR: f64 = 13.0;
/// A few clinics at one point still show a neighbourhood, not a doorstep.
const SPAN_KM_MIN: f64 = 0.8;
const KM_PER_DEGREE: f64 = 111.195;
/// From the middle of a dot to the middle of the cross.
const CENTRE_CLEAR: f64 = 25.0;
const SCALE_PX_MAX: f64 = 110.0;

/// A clinic to be drawn.
#[derive(Debug, Clone)]
pub struct Place {
    pub point: Point,
    /// The number of its row in the list.
    pub number: usize,
    /// The anchor of that row.
    pub row: String,
    pub name: String,
    pub availability: Availability,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    pub x: f64,
    pub y: f64,
}

#[derive(Debug, Clone)]
pub struct Dot {
    pub place: Place,
    pub at: Spot,
    /// Where it really is, if it had to give way.
    pub home: Option<Spot>,
}

#[derive(Debug, Clone)]
pub struct Label {
    pub text: String,
    pub at: Spot,
}

#[derive(Debug, Clone)]
pub struct Scale {
    pub length: f64,
    /// `500 m`, `2 km`.
    pub label: String,
}

#[derive(Debug, Clone)]
pub struct Map {
    pub centre: Option<Spot>,
    pub dots: Vec<Dot>,
    pub labels: Vec<Label>,
    pub scale: Scale,
}

/// From degrees to units; north is up.
struct Projection {
    middle: Point,
    per_km: f64,
}

impl Projection {
    fn over(points: &[Point]) -> Self {
        let range = |value: fn(&Point) -> f64| {
            let least = points.iter().map(value).fold(f64::INFINITY, f64::min);
            let most = points.iter().map(value).fold(f64::NEG_INFINITY, f64::max);
            (least, most)
        };
        let ((south, north), (west, east)) = (range(|p| p.lat), range(|p| p.lon));
        let middle = Point { lat: f64::midpoint(south, north), lon: f64::midpoint(west, east) };
        let high_km = (north - south) * KM_PER_DEGREE;
        let wide_km = (east - west) * KM_PER_DEGREE * middle.lat.to_radians().cos();
        let fit = |room: f64, km: f64| (room - 2.0 * MARGIN) / km.max(SPAN_KM_MIN);
        Self { middle, per_km: fit(WIDTH, wide_km).min(fit(HEIGHT, high_km)) }
    }

    fn spot(&self, point: Point) -> Spot {
        let east_km = (point.lon - self.middle.lon) * KM_PER_DEGREE * self.middle.lat.to_radians().cos();
        let north_km = (point.lat - self.middle.lat) * KM_PER_DEGREE;
        Spot { x: WIDTH / 2.0 + east_km * self.per_km, y: HEIGHT / 2.0 - north_km * self.per_km }
    }
}

impl Spot {
    fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    fn is_inside(self, margin: f64) -> bool {
        (margin..=WIDTH - margin).contains(&self.x) && (margin..=HEIGHT - margin).contains(&self.y)
    }
}

impl Map {
    /// None when there is nothing to draw. `labels` are names and where they belong, the dearest first.
    pub fn draw(
        places: Vec<Place>,
        centre: Option<Point>,
        labels: impl Iterator<Item = (String, Point)>,
    ) -> Option<Self> {
        if places.is_empty() {
            return None;
        }
        let points: Vec<Point> = places.iter().map(|place| place.point).chain(centre).collect();
        let projection = Projection::over(&points);
        let centre = centre.map(|point| projection.spot(point));
        let dots = spread(places, &projection, centre);
        let taken: Vec<Spot> = dots.iter().map(|dot| dot.at).chain(centre).collect();
        let labels = placed(labels.map(|(text, point)| (text, projection.spot(point))), &taken);
        Some(Self { centre, dots, labels, scale: scale(projection.per_km) })
    }
}

/// Each at its point, or at the nearest free spot round it; the centre is left in sight.
fn spread(places: Vec<Place>, projection: &Projection, centre: Option<Spot>) -> Vec<Dot> {
    let mut dots: Vec<Dot> = Vec::with_capacity(places.len());
    for place in places {
        let home = projection.spot(place.point);
        let is_free = |spot: &Spot| {
            spot.is_inside(DOT / 2.0)
                && dots.iter().all(|dot| dot.at.distance(*spot) >= DOT)
                && centre.is_none_or(|centre| centre.distance(*spot) >= CENTRE_CLEAR)
        };
        let at = around(home).find(is_free).unwrap_or(home);
        let moved = at.distance(home) > DOT / 4.0;
        dots.push(Dot { place, at, home: moved.then_some(home) });
    }
    dots
}

/// A spiral of spots, wide enough to leave the drawing on every side.
fn around(home: Spot) -> impl Iterator<Item = Spot> {
    const TURN: f64 = 2.399_963; // the golden angle: no direction comes twice
    (0..4_000u32).map(move |step| {
        let (radius, angle) = (4.0 * f64::from(step).sqrt(), f64::from(step) * TURN);
        Spot { x: home.x + radius * angle.cos(), y: home.y + radius * angle.sin() }
    })
}

/// Those that have room: a label covers neither a dot nor another label.
fn placed(labels: impl Iterator<Item = (String, Spot)>, dots: &[Spot]) -> Vec<Label> {
    let mut shown: Vec<(Label, f64)> = Vec::new();
    for (text, at) in labels {
        let half = text.chars().count() as f64 * LABEL_CHAR / 2.0;
        let free_at = |spot: Spot| {
            let near = |other: Spot, half_width: f64, height: f64| {
                (spot.x - other.x).abs() < half + half_width && (spot.y - other.y).abs() < height
            };
            (half..=WIDTH - half).contains(&spot.x)
                && spot.is_inside(LABEL_HEIGHT.min(half))
                && !dots.iter().any(|dot| near(*dot, DOT / 2.0, f64::midpoint(DOT, LABEL_HEIGHT)))
                && !shown.iter().any(|(label, other_half)| near(label.at, *other_half, LABEL_HEIGHT))
        };
        let nearby =
            [0.0, 24.0, -24.0, 40.0, -40.0, 56.0, -56.0].map(|down| Spot { x: at.x, y: at.y + down });
        if let Some(at) = nearby.into_iter().find(|spot| free_at(*spot)) {
            shown.push((Label { text, at }, half));
        }
        if shown.len() == LABELS_MAX {
            break;
        }
    }
    shown.into_iter().map(|(label, _)| label).collect()
}

fn scale(per_km: f64) -> Scale {
    const METRES: [u32; 12] =
        [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000];
    let length = |metres: u32| f64::from(metres) / 1_000.0 * per_km;
    let metres = METRES.into_iter().rev().find(|metres| length(*metres) <= SCALE_PX_MAX).unwrap_or(METRES[0]);
    let label = if metres < 1_000 { format!("{metres} m") } else { format!("{} km", metres / 1_000) };
    Scale { length: length(metres), label }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HERE: Point = Point { lat: 37.5, lon: 127.0 };

    fn places(points: &[Point]) -> Vec<Place> {
        let place = |(number, point): (usize, &Point)| Place {
            point: *point,
            number: number + 1,
            row: format!("c{number}"),
            name: String::new(),
            availability: Availability::Many,
        };
        points.iter().enumerate().map(place).collect()
    }

    fn draw(points: &[Point], labels: &[(&str, Point)]) -> Map {
        let labels = labels.iter().map(|(text, point)| ((*text).to_owned(), *point));
        Map::draw(places(points), None, labels).unwrap()
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert!(Map::draw(Vec::new(), Some(HERE), std::iter::empty()).is_none());
    }

    #[test]
    fn twenty_clinics_at_one_point_become_twenty_targets() {
        let map = draw(&[HERE; 20], &[]);
        for (number, dot) in map.dots.iter().enumerate() {
            assert!(dot.at.is_inside(DOT / 2.0), "{dot:?}");
            for other in &map.dots[..number] {
                assert!(dot.at.distance(other.at) >= DOT, "{dot:?} {other:?}");
            }
        }
        assert!(map.dots[0].home.is_none() && map.dots[19].home.is_some());
    }

    #[test]
    fn north_is_up_and_the_scale_bar_is_as_long_as_it_says() {
        let north = Point { lat: HERE.lat + 0.1, ..HERE };
        let map = draw(&[HERE, north], &[]);
        assert!(map.dots[1].at.y < map.dots[0].at.y);
        let km = HERE.km_to(north);
        let per_km = map.dots[0].at.distance(map.dots[1].at) / km;
        assert_eq!(map.scale.label, "2 km");
        assert!((map.scale.length - 2.0 * per_km).abs() < 0.1, "{} {per_km}", map.scale.length);
    }

    #[test]
    fn the_chosen_place_stays_in_sight() {
        let map = Map::draw(places(&[HERE; 5]), Some(HERE), std::iter::empty()).unwrap();
        let centre = map.centre.unwrap();
        assert!(map.dots.iter().all(|dot| dot.at.distance(centre) >= CENTRE_CLEAR));
    }

    #[test]
    fn a_label_stands_clear_of_dots_and_of_other_labels() {
        let far = Point { lat: HERE.lat + 0.1, lon: HERE.lon + 0.1 };
        let map =
            draw(&[HERE, far], &[("한 동네", HERE), ("한 동네", HERE), ("한 동네", HERE), ("먼 동네", far)]);
        for label in &map.labels {
            assert!(map.dots.iter().all(|dot| dot.at.distance(label.at) > DOT / 2.0), "{label:?}");
        }
        assert!((1..=3).contains(&map.labels.len()), "{:?}", map.labels);
    }

    proptest! {
        #[test]
        fn wherever_they_lie_every_dot_is_on_the_map_and_none_hides_another(
            points in prop::collection::vec((33.0..39.0, 124.0..132.0), 1..21), near in any::<bool>()
        ) {
            let shrink = if near { 0.000_1 } else { 1.0 };
            let points: Vec<Point> = points
                .into_iter()
                .map(|(lat, lon): (f64, f64)| Point { lat: 36.0 + (lat - 36.0) * shrink, lon: 128.0 + (lon - 128.0) * shrink })
                .collect();
            let map = draw(&points, &[]);
            for (number, dot) in map.dots.iter().enumerate() {
                prop_assert!(dot.at.is_inside(DOT / 2.0 - 0.001));
                prop_assert!(map.dots[..number].iter().all(|other| other.at.distance(dot.at) >= DOT));
            }
            prop_assert!(map.scale.length > 0.0 && map.scale.length <= WIDTH);
        }
    }
}
