//! Gaming.

use super::{NicheWords, Topic};
use crate::world::text::grammar::Table;

pub const WORDS: NicheWords = NicheWords {
    topics: &[
        Topic::new("Hollow Tide", "the lighthouse boss|the drowned city|the harpoon build|the secret ending"),
        Topic::new("Ashfall Legends", "the volcano run|the fire resist trick|the second phase|the forge quest"),
        Topic::new("Starhaven", "the trade route|the fuel glitch|the space station|the asteroid base"),
        Topic::new("Emberkeep", "the siege defence|the wall layout|the winter update|the peasant exploit"),
        Topic::new("Rogue Lantern", "the dark floor|the relic combo|the mimic room|the last shopkeeper"),
        Topic::new("Gearbound", "the belt balancer|the train network|the power spike|the starter base"),
        Topic::new("Pixel Orchard", "the greenhouse layout|the winter crops|the festival quest|the fishing minigame"),
        Topic::new("Nightcourt", "the blood duel|the parry window|the cathedral boss|the stealth route"),
        Topic::new("Clockwork Sprint", "the wall clip|the frame perfect jump|the route change|the timer glitch"),
        Topic::new("Moonbit Miner", "the lava shaft|the rope upgrade|the save altar|the hidden level"),
        Topic::new("Two Mice, One Castle", "the split screen|the friendly fire|the revive chaos|the puzzle room"),
        Topic::new("Frontier 88", "the first duel|the wagon physics|the bank job|the snow pass"),
        Topic::new("One Candle", "the first night|the healing shortage|the torch mistake|the final boss"),
        Topic::new("Moss & Mortar", "the choke point|the storage room|the roof trick|the farm layout"),
        Topic::new("Kart Rumble", "the shortcut|the drift boost|the blue shell dodge|the rainbow lap"),
        Topic::new("Duskborn", "the class choice|the early grind|the vampire questline|the skill reset"),
        Topic::new("Deck of Thorns", "the deck build|the boss relic|the curse room|the meta progression"),
        Topic::new("Colossal Row", "the dodge timing|the phase skip|the stagger bar|the no hit attempt"),
    ],
    gear: "Lancer bow|frost staff|Arcpad controller|Duo Stick|Nightfang blade|tower shield|Orion headset|grapple hook|ember amulet|Relic lamp|Turbo Kart",
    emoji: "🎮|🕹️|👾|🏆|💀|🔥",
    tags: "gaming|playthrough|guide|lets play|tips and tricks|indie games|no commentary|walkthrough",
    channel: "{host} plays it slowly, dies a lot and explains why. Guides, challenge runs and cosy evenings.",
    titles: &[
        "{topic}: {n} things [I wish I knew|the game never tells you|you missed]",
        "I [beat|played] {topic} with only the {gear}",
        "{topic} but [every mistake costs me|I can't use the {gear}|chat decides]",
        "[The best|A broken|An honest] {gear} guide for {topic}",
        "{nn} [hours|deaths] in {topic}: [was it worth it|what I learned]",
        "[Beating|Surviving] {topic} on [day one|the hardest mode|zero sleep]",
        "{topic}: {gear} or {gear2}?",
        "[Why|How] {topic} [got good again|fooled everybody|respects your time]",
        "{topic} for [beginners|people with jobs|cowards]",
    ],
    praise: &[
        "[finally|after {nn} tries] got past {detail} [with your|using the] {gear} [trick|strat], [screamed so loud|{who} came running|hands still shaking]",
        "[the|that] [clutch|save|dodge] at {min} was [insane|filthy|unreal], [clip it|how|I stood up]",
        "[best|cosiest] {topic} [series|run] on here, [no yelling|no fake rage], just [good vibes|skill|someone having fun]",
        "[watching|seeing] you [fail|die] at {detail} {times} makes me feel [so much better|less alone] lol",
    ],
    question: &[
        "what [level|difficulty] are you on here? my {gear} does [half|no|barely any] damage [at this point|here|by then]",
        "[is the {gear} still good|did the {gear} get nerfed|does the {gear} still work] after the [last|latest] patch?",
        "[which|what] [mods|settings] do you [run|use] for {topic}?",
        "[can|could] you [still|even] get {detail} if you [missed it|killed the merchant|sided with the other faction]?",
    ],
    story: &[
        "[played|finished] {topic} with {who} [over the holidays|on one controller], we [argued|laughed] about {detail} for [hours|days]",
        "[{nn}0|{n}00] hours in {topic} and I never [knew|found] {detail}. [deleting my save|starting over|what else did I miss]",
        "[lost|I lost] a [{nn} hour|three day] save to {detail} once. [never again|character building|still hurts]",
    ],
    complaint: &[
        "[spoilers|huge spoiler] in the [title|thumbnail], [thanks a lot|I was at {detail}|not everyone plays on day one]",
        "that's not [how|even how] {detail} works, the [wiki says otherwise|dev explained it months ago]. [misinformation|please correct]",
        "[cheesing|skipping] {detail} with the {gear} isn't [beating|playing] the game. [boring|unfollowed]",
    ],
    words: [EN, DE, ES, FR, PT, IT],
};

const EN: &[Table] = &[
    (
        "part",
        "the pacing|the difficulty|the build|the timing|the commentary|the soundtrack|the map knowledge|the loot|the endgame",
    ),
    ("act", "running this build|farming relics|playing on hard|learning the parry|playing after work"),
    (
        "woe",
        "got stuck in a wall|wiped at one percent|crashed at the boss|ran out of potions|got one-shot|corrupted the save",
    ),
    (
        "win",
        "beat it first try|finally got the trophy|no deaths for once|new personal best|the boss is down|unlocked the secret ending",
    ),
    ("pro", "speedrunner|game dev|QA tester|tournament player|healer main"),
    ("merch", "desk mat|enamel pin set|hoodie"),
];
const DE: &[Table] = &[
    ("part", "die Schwierigkeit|das Timing|die Skillung|die Map|die Musik|das Endgame"),
    ("act", "Relikte farmen|auf schwer spielen"),
    ("woe", "ist beim Boss abgestürzt|steckt in der Wand fest|stirbt mit einem Schlag|hat den Spielstand zerschossen"),
    ("win", "Boss beim ersten Versuch gelegt|endlich Platin|neuer persönlicher Rekord|ohne einen Tod durch"),
    ("pro", "Speedrunner|Tester|Entwicklerin"),
    ("merch", "Mausmatte|Pin-Box"),
];
const ES: &[Table] = &[
    ("part", "la dificultad|el ritmo|la build|el timing|la banda sonora|el final"),
    ("act", "farmear reliquias|jugar en difícil"),
    ("woe", "se cerró en el jefe|se quedó en la pared|muere de un golpe|perdió la partida"),
    ("win", "cayó el jefe a la primera|por fin el platino|nuevo récord personal|sin morir ni una vez"),
    ("pro", "speedrunner|tester|desarrolladora"),
    ("merch", "alfombrilla|caja de pines"),
];
const FR: &[Table] = &[
    ("part", "la difficulté|le timing|le build|la bande-son|le rythme"),
    ("act", "farmer|jouer en difficile"),
    ("woe", "a planté au boss|est coincé dans le mur|meurt en un coup"),
    ("win", "boss tombé du premier coup|enfin le platine|record perso battu"),
    ("pro", "speedrunner|testeuse|développeur"),
    ("merch", "box de pins|tasse"),
];
const PT: &[Table] = &[
    ("part", "a dificuldade|o timing|a build|a trilha sonora|o ritmo"),
    ("act", "farmar|jogar no difícil"),
    ("woe", "travou no boss|ficou preso na parede|morre com um hit"),
    ("win", "boss de primeira|finalmente a platina|recorde pessoal"),
    ("pro", "speedrunner|tester|dev"),
    ("merch", "caixa de pins|caneca"),
];
const IT: &[Table] = &[
    ("part", "la difficoltà|la build|la colonna sonora|la mappa"),
    ("act", "farmare|giocare a difficile"),
    ("woe", "è crashato dal boss|è incastrato nel muro|muore con un colpo"),
    ("win", "boss giù al primo colpo|finalmente il platino|nuovo record personale"),
    ("pro", "speedrunner|tester|sviluppatrice"),
    ("merch", "tazza|scatola di spille"),
];
