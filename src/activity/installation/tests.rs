//! The owner sees and steers everybody's jobs; nobody else knows of the page.

use serde_json::Value;

use crate::testing::TestApp;

kit::both_databases! {
    async fn the_owner_sees_whose_job_waits_for_a_worker_and_can_end_it(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.invited("ben@example.com").await;
        let job = ben.json("POST", "/api/demo/enable", Value::Null).await.json()["job_id"].as_str().unwrap().to_owned();

        let page = app.get("/activity/installation").await.text;
        for part in ["ben@example.com", "Set up demo mode", "No worker is running", &format!("/activity/installation/{job}")] {
            assert!(page.contains(part), "{part} is missing: {page}");
        }
        assert_eq!(app.get(&format!("/activity/{job}")).await.status, 404, "it is not the owner's own");
        let answer = app.post(&format!("/activity/installation/{job}/cancel"), &[]).await;
        assert_eq!(answer.location(), format!("/activity/installation/{job}"));
        assert_eq!(ben.json("GET", &format!("/api/jobs/{job}/status"), Value::Null).await.json()["status"], "cancelled");
    }

    async fn nobody_else_knows_of_the_page(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.invited("ben@example.com").await;
        let job = app.json("POST", "/api/demo/enable", Value::Null).await.json()["job_id"].as_str().unwrap().to_owned();
        for path in ["/activity/installation".to_owned(), format!("/activity/installation/{job}")] {
            assert_eq!(ben.get(&path).await.status, 404, "{path}");
        }
        for verb in ["cancel", "retry"] {
            assert_eq!(ben.post(&format!("/activity/installation/{job}/{verb}"), &[]).await.status, 404, "{verb}");
        }
        assert!(!ben.get("/activity").await.text.contains("Everyone's"));
        assert!(app.get("/activity").await.text.contains("Everyone's"));
    }
}
