//! Fitness.

use super::{NicheWords, Topic};
use crate::world::text::grammar::Table;

pub const WORDS: NicheWords = NicheWords {
    topics: &[
        Topic::new("deadlift", "the hip hinge|the lat cue|the bar path|the mixed grip"),
        Topic::new("squat", "the foot angle|the bracing|the box cue|the ankle mobility test"),
        Topic::new("kettlebell", "the swing timing|the hip snap|the grip fatigue|the clean without bruises"),
        Topic::new("zone 2", "the talk test|the heart rate drift|the slow pace|the boredom"),
        Topic::new("HIIT", "the rest interval|the twenty second sprint|the warm up|the recovery day"),
        Topic::new("pull-ups", "the dead hang|the negative|the band choice|the scapula cue"),
        Topic::new("mobility", "the hip flow|the deep squat hold|the morning routine|the shoulder pass"),
        Topic::new("hip thrust", "the foot placement|the chin tuck|the pad|the pause at the top"),
        Topic::new("5K training", "the interval day|the easy run|the negative split|the race pace"),
        Topic::new("marathon training", "the long run|the fuelling|the taper|the wall at thirty"),
        Topic::new("creatine", "the loading phase|the water weight|the timing question|the hair loss myth"),
        Topic::new("meal prep", "the protein target|the rice trick|the freezer plan|the sauce"),
        Topic::new("calisthenics", "the hollow body|the planche lean|the ring support|the skill day"),
        Topic::new("rowing", "the drive sequence|the damper setting|the stroke rate|the back angle"),
        Topic::new("foam rolling", "the calf spot|the two minute rule|the IT band myth|the breathing"),
        Topic::new("deload", "the sleep check|the half volume week|the guilt|the comeback day"),
        Topic::new("push day", "the bench setup|the elbow angle|the drop set|the shoulder press"),
        Topic::new("Pilates", "the breathing|the hundred|the slow roll down|the tiny movements"),
    ],
    gear: "16 kg kettlebell|Ridge belt|Flux bands|Nimbus runners|Forge rack|Arc rower|Stride watch|Grip chalk|Zen mat|doorway bar|Titan sandbag",
    emoji: "💪|🏋️|🏃|🔥|🥵|👟",
    tags: "fitness|workout|home workout|strength training|form check|beginner workout|running|mobility",
    channel: "{host}: strength for people with jobs, kids and bad knees. Form first, ego last.",
    titles: &[
        "{topic}: {n} form mistakes [everyone makes|hurting your back|I made for years]",
        "[I did|I tried] {topic} every day for {nn} days",
        "{topic} for [beginners|people over 40|bad knees|busy parents]",
        "[No gym|Only a {gear}]: {nn} minute {topic} [session|workout]",
        "{gear} vs {gear2}: [what you need|save your money]",
        "[A physio reacts:|My coach fixed my|Rebuilding my] {topic}",
        "[The truth|What science says] about {topic}",
        "{topic}: from zero to [ten|fifty|race day]",
        "[Follow along|Real time] {topic}, {nn} minutes",
    ],
    praise: &[
        "[day|week] {nn} of your {topic} [plan|programme], {win}. [at {nn} years old!|after two kids!|my physio is impressed]",
        "the cue at {min} [fixed|cured] my [lower back|knee|shoulder] [pain|], [{n} years|months] of [physio|guessing] and it was {detail}",
        "[no|zero] [shouting|supplements|six pack thumbnails], just [good coaching|clear cues]. [refreshing|rare]",
        "[did|finished] the whole [session|thing] {when}, [can't lift my arms|walking like a penguin|dead but happy]",
    ],
    question: &[
        "how many [sets|reps|sessions a week] for [a beginner|someone over 50|fat loss]?",
        "[is this|would this be] [okay|safe] with a [herniated disc|bad knee|shoulder impingement]?",
        "[should|do] I [feel|be feeling] {detail} in my [lower back|quads|neck]?",
        "[fasted or after breakfast|morning or evening]? and [what|how much] do you eat before {topic}?",
    ],
    story: &[
        "[lost|I've lost] {nn} kilos since [January|the diagnosis|my divorce], {topic} [in the living room|at 5am] and {win}",
        "[tore|I tore] my ACL {n} years ago. [today|{when}]: {win}. [cried in the car|never giving up]",
        "[I coach|I'm coaching] [kids|seniors] in {where} and [stole|use] your tip about {part} [every week|all the time], works",
    ],
    complaint: &[
        "[nearly|almost] [hurt|injured] my back copying {min}, you [never|don't] mention [bracing|the load]. [careless|add a warning]",
        "[your|that] {topic} form at {min} is [terrible|dangerous], [knees caving|rounded back]. [who certified you|delete this]",
        "[not|this isn't] for beginners [at all|], {nn} minutes in and I [had to stop|felt sick]. [change the title|misleading]",
    ],
    words: [EN, DE, ES, FR, PT, IT],
};

const EN: &[Table] = &[
    ("part", "the warm up|the form|the tempo|the breathing|the recovery|the volume|the progression|the consistency"),
    ("act", "training at home|lifting three times a week|running before work|working on my pull-ups"),
    ("woe", "hurts my lower back|wrecked my knees|stalled for months|feels all wrong|left me limping"),
    (
        "win",
        "first unassisted pull-up|no back pain for a month|new PR|ran 5K without stopping|down two belt holes|slept like a baby",
    ),
    ("pro", "physio|PT|PE teacher|running coach|nurse"),
    ("merch", "resistance band kit|training plan|shaker"),
];
const DE: &[Table] = &[
    ("part", "die Technik|die Atmung|die Erholung|das Aufwärmen|das Tempo|die Steigerung"),
    ("act", "zu Hause trainieren|vor der Arbeit laufen"),
    ("woe", "geht voll auf den Rücken|macht das Knie kaputt|stagniert seit Monaten|fühlt sich falsch an"),
    ("win", "erster Klimmzug ohne Hilfe|seit Wochen keine Rückenschmerzen|neue Bestleistung|5 km am Stück"),
    ("pro", "Physio|Trainerin|Sportlehrer"),
    ("merch", "Band-Box|Trinkflasche"),
];
const ES: &[Table] = &[
    ("part", "la técnica|la respiración|la recuperación|el calentamiento|el ritmo|la constancia"),
    ("act", "entrenar en casa|correr antes de trabajar"),
    ("woe", "me dejó la espalda fatal|me duele la rodilla|no avanza|se siente mal"),
    ("win", "mi primera dominada sin ayuda|un mes sin dolor de espalda|nuevo récord|5 km sin parar"),
    ("pro", "fisio|entrenadora|profe de educación física"),
    ("merch", "caja de bandas|botella"),
];
const FR: &[Table] = &[
    ("part", "la technique|la respiration|la récupération|l'échauffement|le rythme"),
    ("act", "m'entraîner à la maison|courir le matin"),
    ("woe", "tire dans le dos|bloque au genou|stagne depuis des mois"),
    ("win", "première traction sans aide|plus mal au dos|nouveau record|5 km sans marcher"),
    ("pro", "kiné|coach|prof de sport"),
    ("merch", "gourde|trousse d'élastiques"),
];
const PT: &[Table] = &[
    ("part", "a técnica|a respiração|o descanso|o aquecimento|o ritmo"),
    ("act", "treinar em casa|correr cedo"),
    ("woe", "dói nas costas|machuca o joelho|não evolui"),
    ("win", "primeira barra sem ajuda|um mês sem dor nas costas|recorde novo|5 km sem parar"),
    ("pro", "fisioterapeuta|personal|professor de educação física"),
    ("merch", "garrafa|caixa de elásticos"),
];
const IT: &[Table] = &[
    ("part", "la tecnica|la respirazione|la costanza|la progressione"),
    ("act", "allenarmi a casa|correre presto"),
    ("woe", "mi spacca la schiena|blocca il ginocchio|non migliora"),
    ("win", "prima trazione senza aiuto|un mese senza mal di schiena|nuovo record|5 km senza fermarmi"),
    ("pro", "fisioterapista|allenatrice|prof di ginnastica"),
    ("merch", "borraccia|scatola di elastici"),
];
