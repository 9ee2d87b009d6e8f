//! `/openapi.json`: made from the route table, the field lists that requests are checked with, and the answer types.

use crate::api;
use crate::context::Wants;
use crate::routes::{Guard, Route, table};
use http::Method;
use hyper::http;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

pub fn description(campaign: &str) -> Value {
    let mut paths = Map::new();
    for route in table().iter().filter(|route| route.wants == Wants::Json && route.answer != "OpenApi") {
        let operations = paths.entry(route.path).or_insert_with(|| json!({}));
        operations[route.method.as_str().to_ascii_lowercase()] = operation(route);
    }
    paths.insert("/gate/{campaign}.json".to_owned(), json!({"get": gate_document()}));
    paths.insert("/gate/{campaign}/tickets".to_owned(), json!({"post": tickets()}));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Charye (차례)",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!("National appointment booking. Campaign of this service: {campaign}."),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [],
        "paths": paths,
        "components": {"schemas": schemas(), "securitySchemes": security_schemes()},
    })
}

fn operation(route: &Route) -> Value {
    let success = match (&route.method, route.answer) {
        (
            &Method::POST,
            "PassGiven" | "HoldGiven" | "ChangeHeld" | "AppointmentMade" | "RecipientAdded" | "WaitJoined",
        ) => "201",
        (_, "ChallengeSent") => "202",
        _ => "200",
    };
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": summary(route.answer),
        "responses": {
            success: {"description": "OK", "content": {"application/json": {"schema": reference(route.answer)}}},
            "4XX": problem_response(),
            "5XX": problem_response(),
        },
        "security": security(route),
    });
    if let Some(details) = details(route) {
        operation["description"] = details.into();
    }
    if route.path == WITH_A_CODE && route.method == Method::POST {
        operation["responses"]["202"] = json!({
            "description": "A code is needed from the recipient",
            "content": {"application/json": {"schema": reference("ChallengeSent")}},
        });
    }
    let parameters = parameters(route);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if !route.fields.is_empty() {
        let properties: Map<String, Value> = route
            .fields
            .iter()
            .chain(route.optional)
            .map(|field| (field.name.to_owned(), field.kind.schema()))
            .collect();
        let required: Vec<&str> = route.fields.iter().map(|field| field.name).collect();
        let schema = json!({"type": "object", "properties": properties, "required": required});
        operation["requestBody"] =
            json!({"required": true, "content": {"application/json": {"schema": schema}}});
    }
    operation
}

/// Where the answer depends on the campaign.
const WITH_A_CODE: &str = "/api/v1/recipients";

fn details(route: &Route) -> Option<&'static str> {
    match (&route.method, route.path) {
        (&Method::POST, "/api/v1/holds") => Some(
            "Without `recipients` for the booker alone, whatever was prepared on the pages. Without `dose` the first, and its second with it.",
        ),
        (&Method::POST, WITH_A_CODE) => Some(
            "201: the person may be booked for. 202: the campaign wants their agreement by a code. It was sent to their phone on record if name and number belong together and there is one; the answer is the same if not. `phone` is not used then. `POST /api/v1/recipients/code` ends it; asking again with the same idempotency-key sends nothing twice.",
        ),
        (&Method::POST, "/api/v1/recipients/code") => Some(
            "`challenge` as it was given, `code` as the recipient reads it out. Sent twice it answers the same.",
        ),
        _ => None,
    }
}

fn operation_id(route: &Route) -> String {
    let words = route
        .path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty() && *word != "api");
    let mut id = route.method.as_str().to_ascii_lowercase();
    for word in words {
        id.push('_');
        id.push_str(word);
    }
    id
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = in_path
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    let takes_effect = route.path.contains("/holds") || route.path.contains("/appointments");
    if route.method == Method::POST && takes_effect {
        parameters.push(json!({
            "name": "idempotency-key",
            "in": "header",
            "required": true,
            "description": "Same key and same body: the same answer, however often. Same key, another body: refused.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        }));
    }
    parameters
}

fn security(route: &Route) -> Value {
    match route.guard {
        Guard::Public | Guard::DemoOnly if route.answer == "TicketStatus" && route.method == "GET" => {
            json!([{"ticket": []}])
        }
        Guard::Public | Guard::DemoOnly | Guard::StaffDoor | Guard::Staff(_) => json!([]),
        // Who was admitted before comes in again without a ticket.
        Guard::Identified if route.answer == "PassGiven" => {
            json!([{"session": [], "ticket": []}, {"session": []}])
        }
        Guard::Identified => json!([{"session": []}]),
        Guard::Admitted => json!([{"session": [], "pass": []}]),
    }
}

fn security_schemes() -> Value {
    let header =
        |name: &str, what: &str| json!({"type": "apiKey", "in": "header", "name": name, "description": what});
    json!({
        "ticket": header("charye-ticket", "A place in line; gives no right to book."),
        "session": header("charye-session", "A verified person."),
        "pass": header("charye-pass", "The right to book, of that person."),
    })
}

fn summary(answer: &str) -> &'static str {
    match answer {
        "TicketStatus" => "Where a ticket stands",
        "ChallengeSent" => "Begin an identity check",
        "SessionBegun" => "End an identity check with the code",
        "PassGiven" => "Exchange a called ticket for a pass",
        "ClinicSlots" => "Free places of a clinic",
        "HoldGiven" => "Hold a place for minutes",
        "ChangeHeld" => {
            "Hold new places for an appointment; the old ones are kept until the hold is confirmed"
        }
        "CalendarGiven" => "An appointment as a calendar file",
        "HoldExtended" => "Hold it longer, once",
        "AppointmentMade" => "Confirm a held place",
        "Appointments" => "One's own appointments",
        "Recipients" => "For whom one may book",
        "RecipientAdded" => "Name somebody to book for",
        "Helpers" => "Who may book for oneself",
        "WaitJoined" => "Wait for a place that may come back",
        "Waits" => "For what one waits, and what is offered",
        "OutboxMessages" => "Demo: messages to a phone",
        "Health" => "Whether the process answers",
        _ => "Give up or end something",
    }
}

fn tickets() -> Value {
    json!({
        "operationId": "post_gate_tickets",
        "summary": "Take a place in line; whoever carries a ticket keeps it",
        "parameters": [{"name": "campaign", "in": "path", "required": true, "schema": {"type": "string"}}],
        "responses": {
            "201": {"description": "A new ticket", "content": {"application/json": {"schema": reference("TicketGiven")}}},
            "200": {"description": "The ticket that was sent", "content": {"application/json": {"schema": reference("TicketGiven")}}},
            "4XX": problem_response(),
            "5XX": problem_response(),
        },
        "security": [],
    })
}

fn gate_document() -> Value {
    json!({
        "operationId": "get_gate_document",
        "summary": "The public state of the line: the same bytes for everyone",
        "parameters": [{"name": "campaign", "in": "path", "required": true, "schema": {"type": "string"}}],
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {"schema": reference("GateDocument")}}},
            "4XX": problem_response(),
        },
        "security": [],
    })
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn problem_response() -> Value {
    json!({
        "description": "A refusal or a fault, in Korean with English beside it (RFC 9457)",
        "content": {"application/problem+json": {"schema": reference("Problem")}},
    })
}

fn schemas() -> Map<String, Value> {
    let settings = schemars::generate::SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    add::<api::TicketStatus>(&mut generator);
    add::<api::ChallengeSent>(&mut generator);
    add::<api::SessionBegun>(&mut generator);
    add::<api::PassGiven>(&mut generator);
    add::<api::ClinicSlots>(&mut generator);
    add::<api::HoldGiven>(&mut generator);
    add::<api::HoldExtended>(&mut generator);
    add::<api::ChangeHeld>(&mut generator);
    add::<api::CalendarGiven>(&mut generator);
    add::<api::AppointmentMade>(&mut generator);
    add::<api::Appointments>(&mut generator);
    add::<api::people::Recipients>(&mut generator);
    add::<api::people::RecipientAdded>(&mut generator);
    add::<api::people::Helpers>(&mut generator);
    add::<api::wait_list::Waits>(&mut generator);
    add::<api::wait_list::WaitJoined>(&mut generator);
    add::<api::OutboxMessages>(&mut generator);
    add::<api::Health>(&mut generator);
    add::<api::Done>(&mut generator);
    let mut schemas: Map<String, Value> = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem_schema());
    schemas.insert("TicketGiven".to_owned(), ticket_given_schema());
    schemas.insert("GateDocument".to_owned(), gate_document_schema());
    schemas
}

fn add<T: JsonSchema>(generator: &mut SchemaGenerator) {
    let _ = generator.subschema_for::<T>();
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "title_en", "detail", "detail_en", "status", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string", "description": "What happened, in Korean"},
            "title_en": {"type": "string"},
            "detail": {"type": "string", "description": "What to do next, in Korean"},
            "detail_en": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string"},
            "number": {"type": "integer", "description": "What a person reads out on the phone"},
            "fields": {"type": "array", "items": {"type": "object"}},
        },
    })
}

fn ticket_given_schema() -> Value {
    json!({
        "type": "object",
        "required": ["ticket", "state", "poll_after_seconds"],
        "properties": {
            "ticket": {"type": "string"},
            "state": {"enum": ["issued", "settled", "called"]},
            "poll_after_seconds": {"type": "number"},
        },
    })
}

fn gate_document_schema() -> Value {
    let text = json!({"type": "string"});
    let number = json!({"type": "integer"});
    json!({
        "type": "object",
        "required": ["campaign", "sequence", "as_of", "valid_until", "phase", "serving_number", "tickets_issued", "poll", "signature"],
        "properties": {
            "campaign": text, "sequence": number, "as_of": text, "valid_until": text, "opens_at": text, "closes_at": text,
            "phase": {"enum": ["before", "lobby", "drawing", "open", "paused", "full", "closed", "trouble"]},
            "serving_number": number, "tickets_issued": number,
            "admissions_per_minute": {"type": ["integer", "null"]},
            "rate": {"type": "object", "properties": {"per_second": {"type": "number"}, "why": {"enum": ["set", "ceiling", "rising", "slow", "deep", "failing", "sick"]}}},
            "doses_left": {"type": "object", "properties": {"total": number, "regions": {"type": "object", "additionalProperties": number}}},
            "message": {"type": "object", "properties": {"ko": text, "en": text}},
            "poll": {"type": "array", "items": {"type": "array"}, "description": "[places ahead below (null: any), seconds]"},
            "pass_epoch": number,
            "signature": {"type": "string", "description": "Ed25519 over the bytes before `,\"signature\":`"},
        },
    })
}
