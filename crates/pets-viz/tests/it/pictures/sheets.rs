//! Retrieval sheets and Grad-CAM sheets.

use image::{Rgb, RgbImage};
use pets_viz::{
    CamRow, HeatMap, ResultTile, RetrievalRow, Theme, Tile, VizError, gradcam_sheet,
    retrieval_sheet,
};

use super::pixels::{GREEN, VERMILION, assert_margin_is_blank, exact as count};

fn result(correct: impl Into<Option<bool>>) -> ResultTile {
    let image = RgbImage::from_pixel(40, 60, Rgb([20, 30, 200]));
    ResultTile {
        image,
        caption: "a very long caption that must be shortened".into(),
        similarity: 0.5,
        correct: correct.into(),
    }
}

fn row(results: Vec<ResultTile>) -> RetrievalRow {
    let image = RgbImage::from_pixel(80, 60, Rgb([200, 30, 20]));
    RetrievalRow {
        query: Tile {
            image,
            caption: "query".into(),
        },
        results,
    }
}

#[test]
fn right_and_wrong_results_have_their_colours() {
    let right = retrieval_sheet(
        Some("Sheet"),
        Theme::Light,
        &[row(vec![result(true), result(true)])],
    )
    .expect("valid rows");
    assert!(count(&right, GREEN) > 500 && count(&right, VERMILION) == 0);
    let mixed = retrieval_sheet(
        None,
        Theme::Light,
        &[row(vec![result(true)]), row(vec![result(false)])],
    )
    .expect("valid rows");
    assert!(count(&mixed, GREEN) > 500 && count(&mixed, VERMILION) > 500);
    assert!(
        count(&mixed, [20, 30, 200]) > 5000 && count(&mixed, [200, 30, 20]) > 5000,
        "images are shown"
    );
    for picture in [right, mixed] {
        assert_margin_is_blank(&picture);
    }
}

#[test]
fn results_of_unknown_class_are_neither_right_nor_wrong() {
    let unknown =
        retrieval_sheet(None, Theme::Light, &[row(vec![result(None)])]).expect("valid rows");
    assert_eq!((count(&unknown, GREEN), count(&unknown, VERMILION)), (0, 0));
    assert!(count(&unknown, [20, 30, 200]) > 5000, "images are shown");
}

#[test]
fn sheets_follow_the_theme() {
    let rows = [row(vec![result(true)])];
    let light = retrieval_sheet(Some("Sheet"), Theme::Light, &rows).expect("valid rows");
    let dark = retrieval_sheet(Some("Sheet"), Theme::Dark, &rows).expect("valid rows");
    let map = HeatMap::new(vec![0.5], 1, 1).expect("valid map");
    let cam = CamRow {
        image: rows[0].query.image.clone(),
        map,
        caption: "caption".into(),
    };
    let dark_cam = gradcam_sheet(Some("Title"), Theme::Dark, &[cam]).expect("valid rows");
    assert_eq!(light.image().get_pixel(1, 1).0, [255, 255, 255]);
    for picture in [dark, dark_cam] {
        let paper = *picture.image().get_pixel(1, 1);
        assert!(paper.0.iter().all(|value| *value < 60), "{paper:?}");
        let ink = picture
            .image()
            .pixels()
            .filter(|pixel| pixel.0.iter().all(|value| *value > 200));
        assert!(ink.count() > 100, "text is light on dark");
    }
}

#[test]
fn sheets_grow_with_rows_and_columns() {
    let size = |rows: usize, results: usize| {
        let rows = vec![row(vec![result(true); results]); rows];
        let picture = retrieval_sheet(None, Theme::Light, &rows).expect("valid rows");
        picture.image().dimensions()
    };
    assert!(size(2, 5).1 > size(1, 5).1 && size(1, 10).0 > size(1, 5).0);
    assert_eq!(
        size(1, 0).0,
        size(1, 3).0,
        "a query without results still has its row"
    );
}

#[test]
fn retrieval_sheets_of_unfit_input_are_refused() {
    assert!(matches!(
        retrieval_sheet(None, Theme::Light, &[]),
        Err(VizError::Empty { .. })
    ));
    let blank = ResultTile {
        image: RgbImage::new(0, 0),
        ..result(true)
    };
    assert!(matches!(
        retrieval_sheet(None, Theme::Light, &[row(vec![blank])]),
        Err(VizError::Empty { .. })
    ));
    let broken = ResultTile {
        similarity: f32::NAN,
        ..result(true)
    };
    assert!(matches!(
        retrieval_sheet(None, Theme::Light, &[row(vec![broken])]),
        Err(VizError::NotFinite { .. })
    ));
}

#[test]
fn a_gradcam_sheet_shows_image_map_and_overlay() {
    let image = RgbImage::from_pixel(50, 30, Rgb([0, 200, 0]));
    let map = HeatMap::new(vec![1.0; 49], 7, 7).expect("valid map");
    let row = CamRow {
        image,
        map,
        caption: "caption ".repeat(60),
    };
    let picture =
        gradcam_sheet(Some("Title"), Theme::Light, &[row.clone(), row]).expect("valid rows");
    assert_margin_is_blank(&picture);
    assert!(count(&picture, [0, 200, 0]) > 20_000, "the image is shown");
    let brightest = picture
        .image()
        .pixels()
        .filter(|pixel| pixel.0[0] > 240 && pixel.0[2] < 200)
        .count();
    assert!(brightest > 20_000, "the map is shown");
    assert!(matches!(
        gradcam_sheet(None, Theme::Light, &[]),
        Err(VizError::Empty { .. })
    ));
}
