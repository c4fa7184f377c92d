//! Education.

use super::{NicheWords, Topic};
use crate::world::text::grammar::Table;

pub const WORDS: NicheWords = NicheWords {
    topics: &[
        Topic::new("Bayes", "the base rate|the false positive example|the prior|the taxi problem"),
        Topic::new("Fourier", "the spinning circles|the square wave|the frequency picture|the integral step"),
        Topic::new("Big O", "the nested loop|the phone book example|the worst case|the log intuition"),
        Topic::new("calculus", "the chain rule|the limit picture|the area argument|the infinitesimal")
            .local("Analysis|cálculo|analyse|cálculo|analisi"),
        Topic::new("linear algebra", "the basis change|the eigenvector picture|the determinant|the shear")
            .local("lineare Algebra|álgebra lineal|algèbre linéaire|álgebra linear|algebra lineare"),
        Topic::new("entropy", "the shuffled deck|the arrow of time|the microstate count|the coffee cup")
            .local("Entropie|entropía|entropie|entropia|entropia"),
        Topic::new("game theory", "the prisoner's dilemma|the Nash point|the payoff table|the bluff")
            .local("Spieltheorie|teoría de juegos|théorie des jeux|teoria dos jogos|teoria dei giochi"),
        Topic::new("quantum mechanics", "the double slit|the measurement problem|the spin demo|the cat")
            .local("Quantenmechanik|mecánica cuántica|mécanique quantique|mecânica quântica|meccanica quantistica"),
        Topic::new("plate tectonics", "the subduction zone|the puzzle coast|the hot spot|the earthquake map").local(
            "Plattentektonik|tectónica de placas|tectonique des plaques|tectônica de placas|tettonica a placche",
        ),
        Topic::new("CRISPR", "the guide strand|the off target cut|the bacteria trick|the ethics part"),
        Topic::new("spaced repetition", "the forgetting curve|the card format|the daily limit|the leech cards"),
        Topic::new("Anki", "the interval setting|the image card|the add-on|the backlog"),
        Topic::new("Stoicism", "the dichotomy of control|the evening review|the cold bath cliché|the Seneca letter")
            .local("Stoizismus|estoicismo|stoïcisme|estoicismo|stoicismo"),
        Topic::new("cryptography", "the public key|the mixing paint analogy|the prime factor step|the handshake")
            .local("Kryptographie|criptografía|cryptographie|criptografia|crittografia"),
        Topic::new("etymology", "the vowel shift|the false friend|the Latin root|the borrowed word")
            .local("Etymologie|etimología|étymologie|etimologia|etimologia"),
        Topic::new("photosynthesis", "the light reaction|the Calvin cycle|the leaf diagram|the red light experiment")
            .local("Photosynthese|fotosíntesis|photosynthèse|fotossíntese|fotosintesi"),
        Topic::new("black holes", "the event horizon|the time dilation|the rubber sheet|the first picture")
            .local("Schwarze Löcher|agujeros negros|trous noirs|buracos negros|buchi neri"),
        Topic::new("the Roman Republic", "the land reform|the triumvirate|the veto|the grain dole")
            .local("Römische Republik|República romana|République romaine|República Romana|Repubblica romana"),
    ],
    gear: "Quill tablet|Cornell pad|Abacus app|Delta workbook|Pomo timer|Graphly app|Kolor pens|Lumen e-reader|Memo cards|Chalk board",
    emoji: "📚|🧠|✏️|🤓|💡|📐",
    tags: "education|explained|study tips|science|maths|learning|visual explanation|exam prep",
    channel: "{host} draws it until it makes sense. Ideas from maths, science and history, with the confusing step left in.",
    titles: &[
        "{topic}, [visually|finally explained|in one picture]",
        "[Why|How] {topic} [really works|confuses everyone|breaks your intuition]",
        "The [step|trick|mistake] that makes {topic} [click|hard]",
        "{topic} in {nn} minutes",
        "{n} [myths|misconceptions] about {topic}",
        "[I learned|I taught myself] {topic} with the {gear}",
        "{gear} vs {gear2}: [what the studies say|a {n} week experiment]",
        "What [school|your textbook] gets wrong about {topic}",
        "{topic}: [the whole idea|from zero|a story]",
    ],
    praise: &[
        "my [professor|teacher] spent {n} [weeks|lectures] on {detail}, you did it in {n} minutes. [unbelievable|refund my tuition]",
        "[exam|test|finals] tomorrow, [you saved me|pray for me|{detail} makes sense now]",
        "[passed|got an A in|scored {nn} points more on] my exam [thanks to|because of] the {topic} [series|videos]!!",
        "I'm a {pro} and I [show|play] this [in class|to my students] every [year|semester], {detail} at {min} is [unbeatable|the best picture I know]",
    ],
    question: &[
        "at {min}, why [can|do] you [drop|ignore] the second term?",
        "[isn't|but isn't] {detail} [circular|only true in the ideal case|the other way round]?",
        "[which|what] [book|textbook] do you [recommend|suggest] [after|for] {topic}?",
        "[does|would] {detail} [still hold|work] [in three dimensions|for negative numbers|in real life]?",
    ],
    story: &[
        "[dropped|I dropped] out over {topic} in 19[88|94|97]. [watching|understanding] this at {nn} [feels like closure|made me cry a little|heals something]",
        "[teaching|I'm teaching] my [kid|daughter|son] {topic} with [oranges|Lego|your drawing], {win}",
        "[homeschooling|self studying] in {where}, {n} months of {topic}, {win}",
    ],
    complaint: &[
        "[error|mistake] at {min}: the sign is [wrong|flipped]. [please pin a correction|this confuses beginners]",
        "[oversimplified|way too simplified], [my professor|anyone in the field|a historian] would [wince at|cry over] {detail}. [at least say so|please add a caveat]",
        "[no sources|where are the sources]? [strange|not good] for an education channel, {detail} is [disputed|debated]",
    ],
    words: [EN, DE, ES, FR, PT, IT],
};

const EN: &[Table] = &[
    (
        "part",
        "the intuition|the notation|the worked example|the proof|the history|the diagram|the analogy|the practice",
    ),
    ("act", "studying for finals|teaching myself maths|making flash cards|revising at night"),
    ("woe", "comes out negative|makes no sense|doesn't match the solution|took me four pages|got marked wrong"),
    (
        "win",
        "passed the exam|finally got it without looking|explained it to a friend|solved the hard one alone|it clicked in the shower",
    ),
    ("pro", "maths teacher|physics student|engineer|librarian|tutor"),
    ("merch", "workbook|formula poster|card deck"),
];
const DE: &[Table] = &[
    ("part", "die Intuition|die Schreibweise|das Beispiel|die Herleitung|die Zeichnung|die Übung"),
    ("act", "für die Prüfung lernen|Karteikarten schreiben"),
    ("woe", "ergibt keinen Sinn|kommt negativ raus|stimmt nicht mit der Lösung überein|wurde als falsch gewertet"),
    (
        "win",
        "Klausur bestanden|endlich ohne Spicken gelöst|konnte es sogar erklären|hat unter der Dusche Klick gemacht",
    ),
    ("pro", "Mathelehrerin|Physikstudent|Ingenieur"),
    ("merch", "Arbeitsmappe|Lernkarten-Box"),
];
const ES: &[Table] = &[
    ("part", "la intuición|la notación|el ejemplo|la demostración|el dibujo|la práctica"),
    ("act", "estudiar para los finales|hacer tarjetas"),
    ("woe", "me da negativo|no tiene sentido|no coincide con la solución|me lo pusieron mal"),
    ("win", "aprobé el examen|lo resolví sin mirar|se lo expliqué a un amigo|por fin hizo clic"),
    ("pro", "profe de mates|estudiante de física|ingeniero"),
    ("merch", "libreta de ejercicios|baraja de tarjetas"),
];
const FR: &[Table] = &[
    ("part", "l'intuition|la notation|l'exemple|la démonstration|le schéma"),
    ("act", "réviser|faire des fiches"),
    ("woe", "tombe négatif|n'a aucun sens|ne colle pas au corrigé"),
    ("win", "partiel validé|résolu sans regarder|enfin le déclic"),
    ("pro", "prof de maths|étudiant en physique|ingénieure"),
    ("merch", "boîte de fiches|affiche"),
];
const PT: &[Table] = &[
    ("part", "a intuição|a notação|o exemplo|a demonstração|o desenho"),
    ("act", "estudar pra prova|fazer flashcards"),
    ("woe", "deu negativo|não faz sentido|não bate com o gabarito"),
    ("win", "passei na prova|resolvi sem olhar|finalmente caiu a ficha"),
    ("pro", "professora de matemática|estudante de física|engenheiro"),
    ("merch", "apostila|caixa de cartões"),
];
const IT: &[Table] = &[
    ("part", "l'intuizione|la notazione|la dimostrazione|la pratica"),
    ("act", "studiare per l'esame|fare le schede"),
    ("woe", "viene negativo|non ha senso|non torna con la soluzione"),
    ("win", "esame passato|risolto senza guardare|finalmente ho capito"),
    ("pro", "prof di matematica|studentessa di fisica|ingegnere"),
    ("merch", "scatola di schede|dispensa"),
];
