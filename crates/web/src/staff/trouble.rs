//! What staff see where a page would be, when there is none.

use crate::context::Context;
use crate::error::{Problem, refusal_note};
use crate::pages::desk::trouble::DeskTroublePage;
use crate::wording;
use axum::body::Body;
use booking::Refusal;
use http::Response;
use hyper::http;

pub(crate) fn answer(ctx: &Context, problem: &Problem) -> Response<Body> {
    if matches!(problem, Problem::Refused(Refusal::SignInNeeded)) {
        return ctx.see_other("/desk/sign-in");
    }
    let note = match problem {
        Problem::Refused(refusal) => refusal_note(ctx, refusal),
        Problem::Invalid(faults) => {
            let said: Vec<String> =
                faults.iter().map(|fault| wording::field_fault(ctx.lang, fault)).collect();
            crate::pages::parts::RefusalNote { sentence: said.join(" "), ..general(ctx, problem) }
        }
        other => general(ctx, other),
    };
    ctx.page_with(problem.status(), &DeskTroublePage { frame: ctx.desk_frame(), note })
}

fn general(ctx: &Context, problem: &Problem) -> crate::pages::parts::RefusalNote {
    let said = wording::problem(ctx.lang, problem, &ctx.app);
    let code = problem.support_code(u64::from_be_bytes(ctx.app.random.bytes()));
    if matches!(problem, Problem::Store(_) | Problem::Bug) {
        tracing::warn!(support_code = code, code = problem.code(), "staff were shown the trouble page");
    }
    crate::pages::parts::RefusalNote { code, sentence: said.sentence, next_step: said.next_step }
}
