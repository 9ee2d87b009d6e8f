//! `/openapi.json` says what is there: every route, every parameter, and answers of the shape that it promises.

use crate::program::{Program, slot, text};
use crate::rules::RULES;
use crate::site::{CLINIC, DAY, SLUG, Site};
use crate::wire::{Answer, Ask};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use web::context::Wants;
use web::routes::table;

async fn description(site: &Site) -> Value {
    site.ask(&Ask::get("/openapi.json")).await.json()
}

fn operations(description: &Value) -> Vec<(String, String, &Value)> {
    let mut all = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            all.push((method.to_ascii_uppercase(), path.clone(), operation));
        }
    }
    all
}

fn resolve<'a>(root: &'a Value, reference: &str) -> &'a Value {
    let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads elsewhere"));
    root.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "$ref" {
                    found.push(member.as_str().unwrap());
                }
                references(member, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn every_api_route_is_described_and_nothing_else() {
    let site = Site::new();
    let description = description(&site).await;
    let mut described: Vec<String> =
        operations(&description).iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let programs = table().iter().filter(|route| route.wants == Wants::Json && route.path != "/openapi.json");
    let mut built: Vec<String> = programs.map(|route| format!("{} {}", route.method, route.path)).collect();
    built.push("POST /gate/{campaign}/tickets".to_owned());
    built.push("GET /gate/{campaign}.json".to_owned());
    described.sort();
    built.sort();
    assert_eq!(described, built);
    assert!(RULES.iter().all(|(method, path, _)| {
        !path.starts_with("/api/") || described.contains(&format!("{method} {path}"))
    }));
}

#[tokio::test]
async fn every_reference_resolves_and_every_schema_is_used() {
    let site = Site::new();
    let description = description(&site).await;
    let mut found = Vec::new();
    references(&description, &mut found);
    for reference in &found {
        resolve(&description, reference);
    }
    for name in description["components"]["schemas"].as_object().unwrap().keys() {
        assert!(found.contains(&format!("#/components/schemas/{name}").as_str()), "{name} is never used");
    }
}

#[tokio::test]
async fn the_description_is_openapi_3_1() {
    let site = Site::new();
    let description = description(&site).await;
    assert_eq!(description["openapi"], "3.1.0");
    for wanted in ["title", "version"] {
        assert!(description["info"][wanted].is_string());
    }
    let known = ["openapi", "info", "servers", "security", "paths", "components"];
    assert!(description.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())));
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&description) {
        let what = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{id} twice");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{what}");
        assert_parameters(&path, operation, &what);
        assert_responses(operation, &what);
        assert_security(&description, operation, &what);
        if let Some(body) = operation.get("requestBody") {
            let schema = &body["content"]["application/json"]["schema"];
            let properties = schema["properties"].as_object().unwrap();
            let required = schema["required"].as_array().unwrap();
            assert!(required.iter().all(|name| properties.contains_key(name.as_str().unwrap())), "{what}");
        }
    }
}

fn assert_parameters(path: &str, operation: &Value, what: &str) {
    let none = Vec::new();
    let parameters = operation["parameters"].as_array().unwrap_or(&none);
    let declared: Vec<&str> = parameters
        .iter()
        .filter(|parameter| parameter["in"] == "path")
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect();
    let in_path: Vec<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
    assert_eq!(declared, in_path, "{what}");
    for parameter in parameters {
        assert!(parameter["schema"].is_object() && parameter["required"] == true, "{what}: {parameter}");
    }
}

fn assert_responses(operation: &Value, what: &str) {
    let responses = operation["responses"].as_object().unwrap();
    assert!(responses.keys().any(|status| status.starts_with('2')), "{what}");
    for (status, response) in responses {
        let well_named = ["4XX", "5XX"].contains(&status.as_str()) || status.parse::<u16>().is_ok();
        assert!(well_named && response["description"].is_string(), "{what}: {status}");
    }
    let refused = &responses["4XX"]["content"]["application/problem+json"]["schema"]["$ref"];
    assert_eq!(refused, "#/components/schemas/Problem", "{what}");
}

fn assert_security(description: &Value, operation: &Value, what: &str) {
    for choice in operation["security"].as_array().unwrap() {
        for scheme in choice.as_object().unwrap().keys() {
            let known = &description["components"]["securitySchemes"][scheme];
            assert!(known["in"] == "header" && known["name"].is_string(), "{what}: {scheme}");
        }
    }
}

/// What differs between an answer and its schema; empty when nothing does. Unknown members count.
fn differences(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return differences(root, resolve(root, reference), value, at);
    }
    if let Some(choices) = schema["enum"].as_array() {
        return if choices.contains(value) { vec![] } else { vec![format!("{at}: {value} is no choice")] };
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let found: Vec<_> = choices.iter().map(|choice| differences(root, choice, value, at)).collect();
        let fits = found.iter().any(Vec::is_empty);
        return if fits { vec![] } else { found.concat() };
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several.iter().map(|one| one.as_str().unwrap()).collect(),
        _ => return vec![format!("{at}: a schema without a type")],
    };
    if !types.iter().any(|name| is_of(name, value)) {
        return vec![format!("{at}: {value} is no {types:?}")];
    }
    match value {
        Value::Object(members) => object_differences(root, schema, members, at),
        Value::Array(items) if schema["items"].is_object() => items
            .iter()
            .flat_map(|item| differences(root, &schema["items"], item, &format!("{at}[]")))
            .collect(),
        _ => vec![],
    }
}

fn object_differences(root: &Value, schema: &Value, members: &Map<String, Value>, at: &str) -> Vec<String> {
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    let mut found = Vec::new();
    for name in schema["required"].as_array().into_iter().flatten() {
        if !members.contains_key(name.as_str().unwrap()) {
            found.push(format!("{at}: no {name}"));
        }
    }
    for (name, member) in members {
        let inner = format!("{at}.{name}");
        match properties.get(name).or_else(|| schema.get("additionalProperties")) {
            Some(schema) => found.extend(differences(root, schema, member, &inner)),
            None => found.push(format!("{inner} is not described")),
        }
    }
    found
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("no type {other}"),
    }
}

struct Told {
    operation: (&'static str, &'static str),
    answer: Answer,
}

fn told(method: &'static str, path: &'static str, answer: Answer) -> Told {
    Told { operation: (method, path), answer }
}

/// Every operation once, as somebody meets them who books and cancels.
async fn happy_path(site: &Site) -> Vec<Told> {
    let mut program = Program::number(1);
    let mut all = vec![told("post", "/gate/{campaign}/tickets", program.join(site).await)];
    all.push(told("get", "/gate/{campaign}/ticket", program.status(site).await));
    program.settle(site).await;
    all.push(told("get", "/gate/{campaign}/ticket", program.status(site).await));
    let code = json!({"place_code": program.status(site).await.json()["place_code"]});
    let taken_over = program.post(site, &format!("/gate/{SLUG}/place"), &code).await;
    program.ticket = text(&taken_over, "ticket");
    all.push(told("post", "/gate/{campaign}/place", taken_over));
    let (begun, _) = program.begin_identity(site).await;
    all.push(told("post", "/api/v1/identity", begun));
    all.push(told("post", "/api/v1/identity/verify", program.verify(site).await));
    let outbox = program.post(site, "/api/v1/demo/outbox", &json!({"phone": program.phone})).await;
    all.push(told("post", "/api/v1/demo/outbox", outbox));
    site.open().await;
    all.push(told("post", "/api/v1/campaigns/{campaign}/passes", program.enter(site).await));
    let slots = program.get(site, &format!("/api/v1/campaigns/{SLUG}/clinics/{CLINIC}/slots")).await;
    all.push(told("get", "/api/v1/campaigns/{campaign}/clinics/{clinic}/slots", slots));
    all.extend(people(site, &program).await);
    let hold = program.held(site, "09:00").await;
    let body = json!({"hold": hold});
    let released = program.post_keyed(site, "/api/v1/holds/release", &body, "r").await;
    all.push(told("post", "/api/v1/holds/release", released));
    let held = program.post_keyed(site, "/api/v1/holds", &slot("09:30"), "h").await;
    let body = json!({"hold": held.json()["hold"]});
    all.push(told("post", "/api/v1/holds", held));
    let extended = program.post_keyed(site, "/api/v1/holds/extend", &body, "e").await;
    all.push(told("post", "/api/v1/holds/extend", extended));
    let made = program.post_keyed(site, "/api/v1/appointments", &body, "c").await;
    let number = made.json()["appointment"]["number"].clone();
    all.push(told("post", "/api/v1/appointments", made));
    all.push(told("get", "/api/v1/appointments", program.get(site, "/api/v1/appointments").await));
    let change =
        json!({"appointment": number, "campaign": SLUG, "clinic": CLINIC, "date": DAY, "time": "10:00"});
    let changed = program.post_keyed(site, "/api/v1/appointments/change", &change, "m").await;
    all.push(told("post", "/api/v1/appointments/change", changed));
    let path = format!("/api/v1/appointments/{}/calendar", number.as_str().unwrap());
    all.push(told("get", "/api/v1/appointments/{number}/calendar", program.get(site, &path).await));
    let cancel = json!({"appointment": number});
    let cancelled = program.post_keyed(site, "/api/v1/appointments/cancel", &cancel, "x").await;
    all.push(told("post", "/api/v1/appointments/cancel", cancelled));
    all.push(told("get", "/healthz", program.get(site, "/healthz").await));
    let document = site.ask(&Ask::get(&site.app.gate_document_path.clone())).await;
    all.push(told("get", "/gate/{campaign}.json", document));
    let left = program.post(site, "/api/v1/identity/leave", &json!({})).await;
    all.push(told("post", "/api/v1/identity/leave", left));
    all
}

/// As somebody meets them who books for another, and whose helper is turned away.
async fn people(site: &Site, program: &Program) -> Vec<Told> {
    let named =
        |number: &str| json!({"name": "어머니", "number": number, "relation": "parent", "consent": "1"});
    let added = program.post(site, "/api/v1/recipients", &named("640305-2000001")).await;
    let recipient = json!({"recipient": added.json()["recipient"]});
    let mut all = vec![told("post", "/api/v1/recipients", added)];
    all.push(told("get", "/api/v1/recipients", program.get(site, "/api/v1/recipients").await));
    let stopped = program.post(site, "/api/v1/recipients/stop", &recipient).await;
    all.push(told("post", "/api/v1/recipients/stop", stopped));
    crate::people::helped_by_somebody(site, program).await;
    let helpers = program.get(site, "/api/v1/helpers").await;
    let helper = json!({"helper": helpers.json()["helpers"][0]["helper"]});
    all.push(told("get", "/api/v1/helpers", helpers));
    all.push(told(
        "post",
        "/api/v1/helpers/revoke",
        program.post(site, "/api/v1/helpers/revoke", &helper).await,
    ));
    all.push(told(
        "post",
        "/api/v1/helpers/allow",
        program.post(site, "/api/v1/helpers/allow", &helper).await,
    ));
    all
}

/// Where the campaign wants a code from the recipient.
async fn with_a_code() -> Vec<Told> {
    let site = Site::with(crate::recipient_code::wanted());
    let mut program = Program::number(1);
    program.verify(&site).await;
    let asked = program.post(&site, "/api/v1/recipients", &crate::people::Named::mother().json()).await;
    let proof = crate::recipient_code::proof(&site, &asked);
    let added = program.post(&site, "/api/v1/recipients/code", &proof).await;
    vec![told("post", "/api/v1/recipients", asked), told("post", "/api/v1/recipients/code", added)]
}

#[tokio::test]
async fn every_operation_answers_as_described() {
    let site = Site::new();
    let description = description(&site).await;
    let mut covered = BTreeSet::new();
    let (alone, coded) = (happy_path(&site).await, with_a_code().await);
    let waited = crate::wait_list::as_program().await;
    let waited = waited.into_iter().map(|(method, path, answer)| told(method, path, answer));
    for Told { operation: (method, path), answer } in alone.into_iter().chain(coded).chain(waited) {
        let operation = &description["paths"][path][method];
        let content = &operation["responses"][answer.status.to_string()]["content"];
        let schema = &content[answer.header("content-type")]["schema"];
        assert!(schema.is_object(), "{method} {path}: {answer:?} is not described");
        let found = differences(&description, schema, &answer.json(), "$");
        assert!(found.is_empty(), "{method} {path}: {found:?} in {}", answer.body);
        covered.insert(format!("{} {path}", method.to_ascii_uppercase()));
    }
    let all: BTreeSet<String> =
        operations(&description).iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(covered, all, "every operation is met on the way");
}

/// The check above must be able to fail.
#[test]
fn a_wrong_answer_differs_from_its_schema() {
    let schema =
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": ["integer", "null"]}}});
    let differ = |value: Value| differences(&schema, &schema, &value, "$").len();
    assert_eq!([json!({"a": 1}), json!({"a": null})].map(differ), [0, 0]);
    let wrong = [json!({}), json!({"a": "1"}), json!({"a": 1, "b": 2}), json!([])];
    assert_eq!(wrong.map(|value| differences(&schema, &schema, &value, "$").len()), [1, 1, 1, 1]);
}
