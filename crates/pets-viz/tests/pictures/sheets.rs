//! Retrieval sheets and Grad-CAM sheets.

use image::{Rgb, RgbImage};
use pets_viz::{
    CamRow, HeatMap, ResultTile, RetrievalRow, Tile, VizError, gradcam_sheet, retrieval_sheet,
};

use crate::pixels::{GREEN, VERMILION, assert_margin_is_blank, exact as count};

fn result(correct: bool) -> ResultTile {
    let image = RgbImage::from_pixel(40, 60, Rgb([20, 30, 200]));
    ResultTile {
        image,
        caption: "a very long caption that must be shortened".into(),
        similarity: 0.5,
        correct,
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
    let right = retrieval_sheet(Some("Sheet"), &[row(vec![result(true), result(true)])])
        .expect("valid rows");
    assert!(count(&right, GREEN) > 500 && count(&right, VERMILION) == 0);
    let mixed = retrieval_sheet(None, &[row(vec![result(true)]), row(vec![result(false)])])
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
fn sheets_grow_with_rows_and_columns() {
    let size = |rows: usize, results: usize| {
        let rows = vec![row(vec![result(true); results]); rows];
        let picture = retrieval_sheet(None, &rows).expect("valid rows");
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
        retrieval_sheet(None, &[]),
        Err(VizError::Empty { .. })
    ));
    let blank = ResultTile {
        image: RgbImage::new(0, 0),
        ..result(true)
    };
    assert!(matches!(
        retrieval_sheet(None, &[row(vec![blank])]),
        Err(VizError::Empty { .. })
    ));
    let broken = ResultTile {
        similarity: f32::NAN,
        ..result(true)
    };
    assert!(matches!(
        retrieval_sheet(None, &[row(vec![broken])]),
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
    let picture = gradcam_sheet(Some("Title"), &[row.clone(), row]).expect("valid rows");
    assert_margin_is_blank(&picture);
    assert!(count(&picture, [0, 200, 0]) > 20_000, "the image is shown");
    let brightest = picture
        .image()
        .pixels()
        .filter(|pixel| pixel.0[0] > 240 && pixel.0[2] < 200)
        .count();
    assert!(brightest > 20_000, "the map is shown");
    assert!(matches!(
        gradcam_sheet(None, &[]),
        Err(VizError::Empty { .. })
    ));
}
