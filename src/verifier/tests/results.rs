use super::ob3::badge;
use super::*;

#[test]
fn levels_and_descriptions_belong_to_the_class_of_the_same_credential() {
    let web = web();
    let level = "/credentialSubject/result/0/achievedLevel";
    let description = "/credentialSubject/result/0/resultDescription";
    for (pointer, value) in [
        (level, "https://issuer.example/badge-classes/1/1#rd-a-9"),
        (level, "https://issuer.example/badge-classes/2/1#rd-a-2"),
        (description, "https://issuer.example/badge-classes/2/1#rd-a"),
        ("/credentialSubject/achievement/resultDescription/0/requiredLevel", "https://x.example/y"),
    ] {
        let report = judged(
            &web,
            &badge(|badge| {
                let (parent, name) = pointer.rsplit_once('/').unwrap();
                badge.pointer_mut(parent).unwrap()[name] = value.into();
            }),
        );
        invalid(&report, &["results.levels"]);
        assert_eq!(report.answers.authentic.answer, YesNo::Yes);
    }
}

#[test]
fn values_of_results_are_among_those_that_their_description_allows() {
    let web = web();
    let with = |description: Json, value: &str| {
        judged(
            &web,
            &badge(|badge| {
                let known = &mut badge["credentialSubject"]["achievement"]["resultDescription"][0];
                for (name, value) in description.as_object().unwrap() {
                    known[name] = value.clone();
                }
                badge["credentialSubject"]["result"][0]["value"] = value.into();
            }),
        )
    };
    let letters = json!({"resultType": "LetterGrade", "allowedValue": ["C", "B", "A"]});
    valid(&with(letters.clone(), "B"));
    invalid(&with(letters, "F"), &["results.levels"]);
    let points = json!({"resultType": "RawScore", "valueMin": "0", "valueMax": "10"});
    valid(&with(points.clone(), "10"));
    for outside in ["10.5", "-1"] {
        invalid(&with(points.clone(), outside), &["results.levels"]);
    }
}
