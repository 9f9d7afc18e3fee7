//! The report page in a real browser, held against the data it was made of.

mod small_report;

use pets_browser::{Browser, with_page};
use pets_viz::report::{ComparedRun, Difference, Headline, Report, compare_html, report_html};
use small_report::{NAMES, small_report};

/// Opens the report and hands it over; complains of what the browser complained about.
fn in_browser(test: impl FnOnce(&mut Browser, &Report)) {
    let report = small_report();
    let page = report_html(&report).expect("the parts fit together");
    open_page(&page, |browser| test(browser, &report));
}

/// Opens a page from the disk.
fn open_page(page: &str, test: impl FnOnce(&mut Browser)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("report.html");
    std::fs::write(&path, page).expect("the folder can be written to");
    with_page(&path, test);
}

/// Points at the map where the sample of a column and a row from 0 to 2 must be, the grid filling
/// the stage but for a margin.
fn point_at_place(browser: &mut Browser, column: i8, row: i8) -> (f64, f64) {
    let (x, y) = browser.middle_of("#map-canvas");
    let half = browser.evaluate(
        "Math.min(document.querySelector('#map-canvas').clientWidth,
            document.querySelector('#map-canvas').clientHeight) / 2 - 30",
    );
    let half = half.as_f64().expect("the stage has a size");
    let at = (
        x + f64::from(column - 1) * half,
        y - f64::from(row - 1) * half,
    );
    browser.point_at(at);
    at
}

/// The name of the image that is shown beside the pointer, or nothing.
fn shown_on_map(browser: &mut Browser) -> String {
    let tip = "document.querySelector('#map-tip:not([hidden]) span')?.textContent ?? ''";
    browser.evaluate(tip).as_str().expect("text").to_owned()
}

#[test]
fn the_page_says_what_the_report_says() {
    in_browser(|browser, report| {
        assert_eq!(browser.text("#title"), report.title);
        assert_eq!(browser.evaluate("document.title"), report.title);
        let card = browser.text("#headlines");
        for part in [
            "Recall@1",
            "87.4 %",
            "81.0 % – 92.0 %",
            "45.5 %",
            "+41.9 points",
        ] {
            assert!(card.contains(part), "{part} in {card}");
        }
        assert_eq!(browser.text("#settings"), report.configuration);
        assert_eq!(browser.text("#gallery .name"), "an <i>image</i>");
        assert!(browser.text("#confused").contains("33.3 %"));
        let sections = browser.evaluate("document.querySelectorAll('#sections a').length");
        assert_eq!(sections, 9);
        assert_eq!(
            browser.evaluate("document.querySelectorAll('main > [hidden]').length"),
            0
        );
    });
}

#[test]
fn pointing_at_the_map_shows_an_image_and_a_click_its_neighbours() {
    in_browser(|browser, report| {
        let at = point_at_place(browser, 1, 1);
        assert_eq!(shown_on_map(browser), "image <4>");
        assert_eq!(browser.text("#map-tip strong"), NAMES[1]);
        browser.click_at(at);
        let found = browser.evaluate(
            "[...document.querySelectorAll('#map-chosen .result')].map((result) => [
                Number(result.dataset.sample), result.classList.contains('right'),
                result.querySelector('.verdict').textContent,
                result.querySelector('.similarity').textContent])",
        );
        for (index, neighbour) in report.samples[4].neighbours.iter().enumerate() {
            let right = report.samples[neighbour.sample].class == 1;
            let expected = serde_json::json!([
                neighbour.sample,
                right,
                if right { "✓" } else { "✗" },
                format!("{:.3}", neighbour.similarity),
            ]);
            assert_eq!(found[index], expected);
        }
        // The retrieval browser follows.
        assert_eq!(browser.text("#query small"), "image <4>");
        assert_eq!(
            browser.text("#results .result:nth-child(1) .name"),
            NAMES[1]
        );
    });
}

#[test]
fn the_map_is_filtered_by_class_and_changed_for_another() {
    in_browser(|browser, _| {
        browser.evaluate(
            "(() => { const choice = document.querySelector('#map-class');
               choice.value = '0'; choice.dispatchEvent(new Event('change')); })()",
        );
        point_at_place(browser, 1, 1);
        assert_eq!(shown_on_map(browser), "");
        point_at_place(browser, 0, 1);
        assert_eq!(shown_on_map(browser), "image <3>");
        browser.click("#map-reset");

        assert!(browser.text("#map-quality").contains("divergence 0.432"));

        // In the other map, rows and columns have changed places.
        point_at_place(browser, 2, 0);
        assert_eq!(shown_on_map(browser), "image <2>");
        browser.prefer("prefers-reduced-motion", "reduce");
        browser.click("#map-methods label:nth-of-type(2)");
        browser.wait_for("document.querySelector('#map-quality').textContent.startsWith('UMAP')");
        assert!(browser.text("#map-quality").contains("0.987"));
        browser.evaluate("new Promise((done) => setTimeout(done, 100))");
        point_at_place(browser, 2, 0);
        assert_eq!(shown_on_map(browser), "image <6>");
    });
}

#[test]
fn the_map_works_by_keyboard() {
    in_browser(|browser, _| {
        browser.evaluate("document.querySelector('#map-canvas').focus()");
        browser.press("ArrowRight");
        let start = browser.text("#map-live");
        assert!(
            start.contains("image <4>"),
            "the middle comes first: {start}"
        );
        browser.press("ArrowRight");
        assert!(browser.text("#map-live").contains("image <5>"));
        browser.press("ArrowUp");
        assert!(browser.text("#map-live").contains("image <8>"));
        browser.press("Enter");
        assert_eq!(browser.text("#query small"), "image <8>");
        browser.press("Escape");
        assert!(browser.text("#map-chosen").contains("Choose a point"));
        // Zoomed in, the map follows the keys: what they lead to lies where the pointer finds it.
        for _ in 0..4 {
            browser.press("+");
        }
        browser.press("ArrowLeft");
        assert!(browser.text("#map-live").contains("image <4>"));
        browser.press("ArrowLeft");
        browser.press("ArrowDown");
        assert!(browser.text("#map-live").contains("image <0>"));
        let (x, y) = browser.middle_of("#map-canvas");
        let far = browser.evaluate("document.querySelector('#map-canvas').clientWidth / 2 - 30");
        let deep = browser.evaluate("document.querySelector('#map-canvas').clientHeight / 2 - 30");
        browser.point_at((x, y));
        browser.point_at((
            x - far.as_f64().expect("a width"),
            y + deep.as_f64().expect("a height"),
        ));
        assert_eq!(shown_on_map(browser), "image <0>");
        // Out of the canvas again: no trap.
        browser.press("Tab");
        assert_ne!(browser.evaluate("document.activeElement.id"), "map-canvas");
    });
}

#[test]
fn the_threshold_shows_the_rates_of_the_curve() {
    in_browser(|browser, _| {
        let rates = |browser: &mut Browser| {
            [
                "#true-accept",
                "#false-reject",
                "#false-accept",
                "#true-reject",
            ]
            .map(|id| browser.text(id))
        };
        assert_eq!(rates(browser), ["87.50 %", "12.50 %", "12.50 %", "87.50 %"]);
        for (threshold, expected) in [
            (0.1, ["0.00 %", "100.00 %", "0.00 %", "100.00 %"]),
            (0.26, ["40.00 %", "60.00 %", "0.00 %", "100.00 %"]),
            (1.2, ["95.00 %", "5.00 %", "50.00 %", "50.00 %"]),
        ] {
            browser.evaluate(&format!(
                "(() => {{ const slider = document.querySelector('#threshold');
                   slider.value = {threshold}; slider.dispatchEvent(new Event('input')); }})()"
            ));
            assert_eq!(rates(browser), expected, "at {threshold}");
        }
        browser.evaluate("document.querySelector('#threshold').focus()");
        browser.press("End");
        assert_eq!(rates(browser), ["100.00 %", "0.00 %", "100.00 %", "0.00 %"]);
        browser.press("ArrowLeft");
        assert_eq!(browser.text("#threshold-shown"), "1.996");
        browser.click("#threshold-equal");
        assert_eq!(rates(browser)[0], "87.50 %");
        browser.click("#roc-log");
        browser.wait_for("document.querySelector('#roc svg')");
    });
}

#[test]
fn queries_are_browsed_from_the_worst_to_the_best() {
    in_browser(|browser, _| {
        assert_eq!(browser.text("#query small"), "image <8>");
        browser.click("#query-on");
        assert_eq!(browser.text("#query small"), "image <7>");
        browser.click("#query-best");
        assert_eq!(browser.text("#query small"), "image <0>");
        assert!(
            browser
                .text("#query-place")
                .contains("2 of 3 results are right")
        );
        browser.evaluate(
            "(() => { const count = document.querySelector('#query-count');
               count.value = 1; count.dispatchEvent(new Event('input')); })()",
        );
        assert_eq!(
            browser.evaluate("document.querySelectorAll('#results .result').length"),
            1
        );
        browser.click("#results .result");
        assert_eq!(browser.text("#query small"), "image <3>");
    });
}

#[test]
fn classes_are_sorted_and_shown_on_the_map() {
    in_browser(|browser, _| {
        let order = "[...document.querySelectorAll('#class-table tbody tr')].map((row) => Number(row.dataset.class))";
        assert_eq!(browser.evaluate(order), serde_json::json!([0, 2, 1]));
        browser.click("#class-table thead th:nth-child(4) button");
        assert_eq!(browser.evaluate(order), serde_json::json!([2, 0, 1]));
        browser.click("#class-table tbody tr:nth-child(1) button");
        assert_eq!(
            browser.evaluate("document.querySelector('#map-class').value"),
            "2"
        );
    });
}

#[test]
fn curves_are_read_epoch_by_epoch() {
    in_browser(|browser, _| {
        let shown = browser.text("#training .legend");
        assert!(
            shown.contains("2 (kept)") && shown.contains("1.5") && shown.contains("1.75"),
            "{shown}"
        );
        browser.evaluate("document.querySelector('#loss').focus()");
        browser.press("ArrowLeft");
        let shown = browser.text("#training .legend");
        assert!(
            shown.contains("training 3") && shown.contains("validation –"),
            "{shown}"
        );
    });
}

#[test]
fn nothing_sticks_out_of_a_small_screen_or_is_lost_in_the_dark() {
    in_browser(|browser, _| {
        for (width, scheme) in [(400, "dark"), (320, "light")] {
            browser.resize(width, 800);
            browser.prefer("prefers-color-scheme", scheme);
            let needed = browser.evaluate("document.documentElement.scrollWidth");
            assert!(
                needed
                    .as_u64()
                    .is_some_and(|needed| needed <= u64::from(width)),
                "{needed}"
            );
            let paper = browser.evaluate("getComputedStyle(document.body).backgroundColor");
            assert_eq!(paper == "rgb(245, 246, 248)", scheme == "light");
        }
        let nameless = browser.evaluate(
            "[...document.querySelectorAll('button, input, select, canvas')].filter((control) =>
                !control.getAttribute('aria-label') && !control.textContent.trim()
                && !control.labels?.length).length",
        );
        assert_eq!(nameless, 0, "controls without a name");
    });
}

#[test]
fn runs_are_held_against_the_first() {
    let other = Report {
        title: "the <other> run".into(),
        headlines: vec![Headline::new("Recall@1", 0.9), Headline::new("MAP@R", 0.5)],
        configuration: "seed = 43".into(),
        ..small_report()
    };
    let first = ComparedRun {
        report: small_report(),
        ..ComparedRun::default()
    };
    let other = ComparedRun {
        report: other,
        differences: vec![Difference {
            name: "Recall@1".into(),
            interval: [-0.004, 0.056],
        }],
        remark: Some("a <remark>".into()),
    };
    let page = compare_html("Two & more", &[first, other]).expect("the parts fit together");
    open_page(&page, |browser| {
        assert_eq!(browser.text("#title"), "Two & more");
        assert_eq!(browser.text("#runs li:nth-child(2)"), "the <other> run");
        let rows = "[...document.querySelectorAll('#figure-table tbody tr')].map((row) =>
            [...row.children].map((cell) => cell.textContent))";
        assert_eq!(
            browser.evaluate(rows),
            serde_json::json!([
                [
                    "Recall@1",
                    "87.4 %81.0 % – 92.0 %",
                    "90.0 % ★+2.6 points (−0.4 to +5.6)"
                ],
                ["MAP@R", "–", "50.0 % ★"],
            ])
        );
        assert_eq!(browser.text("#remarks"), "the <other> run: a <remark>");
        // The interval holds zero, so that the difference is neither better nor worse.
        let judged = "document.querySelectorAll('td .better, td .worse').length";
        assert_eq!(browser.evaluate(judged), 0);
        assert!(browser.text("#setting-table tbody").contains("seed"));
        browser.wait_for("document.querySelectorAll('#roc .line').length === 2");
        browser.click("#roc-log");
        browser.wait_for("document.querySelectorAll('#val-loss .line').length === 2");
    });
}
