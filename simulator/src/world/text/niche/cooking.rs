//! Cooking, which here is coffee: the demo channel's niche.

use super::{NicheWords, Topic};
use crate::world::text::grammar::Table;

pub const WORDS: NicheWords = NicheWords {
    topics: TOPICS,
    gear: "Halden C40|Nordlys Zero|Tamber Classic|Orsa Switch|Veloce 58|Pico Grind|Stilla kettle|Kanna dripper|Brewbit scale|Fjord Press|Moka Uno|Lume carafe",
    emoji: "☕|☕|🫘|🥐|🍮|🧋",
    tags: "coffee|espresso|home barista|brewing|specialty coffee|coffee gear|barista tips|coffee recipe",
    channel: "Coffee, measured and tasted. {host} tests beans, brewers and bad ideas so that your kitchen does not have to. New videos every other day; no sponsored verdicts.",
    titles: &[
        "[Why|The real reason] your {topic} [keeps going wrong|never tastes like the café|is so unpredictable] (and [one|the] fix)",
        "{topic}: {n} mistakes [almost everyone makes|I made for years|I see in every kitchen]",
        "[The only|My] {topic} guide you need [at home|in 2026|]",
        "I practised {topic} for {nn} days [so you don't have to|and took notes|]",
        "{topic} with the {gear}: [worth it|finally good|an honest test]?",
        "{gear} vs {gear2}: [which one wins|a blind tasting|{n} weeks later]",
        "[Better|Cheaper|Calmer] {topic} in {n} [minutes|steps]",
        "[A barista|A roaster|My mum] [rates|fixes|judges] my {topic}",
        "{topic} on a [budget|tiny budget], [no {gear}|under 60|no excuses]",
        "[How we|The way we] [approach|teach|think about] {topic} [at the lab|in our workshops]",
        "[Stop|Please stop] rushing your {topic}",
        "{topic}, explained [simply|slowly|with a microscope]",
        "We tested {topic} with {n} kinds of [water|beans|grinders]",
    ],
    praise: &[
        "[my|the] [kitchen|whole flat] smells like a café [now|since this video], [no more instant|goodbye pods] from here on",
        "changed the [temperature|dose|grind] [like|as] you said at {min} and [the bitterness is gone|it's a different drink|hello sweetness]",
        "{who}, [an instant coffee person|who only drinks instant|a sworn tea drinker], asked for a second cup. [I rest my case|miracle|never happened before]",
        "[finally|first time I] [tasted|got] the [blueberry|jasmine|caramel] on the bag [after|with] your [recipe|method|{topic} tips]",
        "[threw out|returned] my capsules [{n} weeks ago|in spring] because of this channel, [best decision|no regrets|my wallet approves]",
        "[the|that] [crema|bloom|pour|drip] shot at {min} [should hang in a museum|is hypnotic|, I could watch it for hours]",
        "[got the|bought a] {gear} after this and [my mornings are saved|my local café misses me|{win}]",
        "[15|16|17] grams, [slow pour|medium fine|no stirring], {win}. [simple as that|bless you]",
    ],
    question: &[
        "what [grind setting|clicks] [would you use|do you use] on the {gear} [here|for a light roast|in this one]?",
        "[which|what] water [do you use|is that]? mine is [really hard|straight from the tap] here in {where}",
        "do [decaf|dark roast|robusta] beans [work too|need a different ratio] here?",
        "[what's|what is] the ratio [again|in grams], [1:13|1:14|1:15] or [1:16|1:17]?",
        "[how|how long] do you [store|rest] the beans [before brewing|after roasting]? mine [taste flat|go stale] after {n} days",
        "[can|could] I [use|do this with] oat milk or does it [split|go weird]?",
        "is [92|94|96] degrees [not|a bit] too hot for a light roast?",
    ],
    story: &[
        "[I ran|ran] a [tiny|little] café in {where} [back in 2009|for {n} years], and [customers|people] [never|always] asked about {part}",
        "[down|cut] from {n} cups to [two|one] a day since I [started|began] {act}, [because it's good enough to sip|quality over quantity]",
        "[dad|my grandfather] made coffee in an old moka pot [every Sunday|before work], the [sound|smell] at {min} [took me right back|is my childhood]",
        "[week|month] {n} with the {gear}: [{nn} cups|half a kilo of beans], {win}, one ruined [shirt|countertop]",
    ],
    complaint: &[
        "[1:2{n}|this ratio] gives you [brown water|mud], [mine|it] {woe}. [who drinks this|sorry, no]",
        "[{nn} grams|20 grams] of [expensive|good] beans down the sink, it {woe} [exactly as in your older video|again]",
        "[beans from your shop|the beans] were roasted [{n} weeks|two months] before they [shipped|got here]. [stale|not what I call fresh]",
        "[it's|its] just coffee. [a scale, a timer and a {gear}|{n} gadgets] for one cup, [ridiculous|come on]",
    ],
    words: [EN, DE, ES, FR, PT, IT],
};

const TOPICS: &[Topic] = &[
    Topic::new("V60", "the bloom|the second pour|the paper rinse|the swirl at the end"),
    Topic::new("espresso", "the puck prep|the pressure drop|the first drip|the shot time"),
    Topic::new("cold brew", "the overnight steep|the dilution|the coarse grind|the double filter"),
    Topic::new("flat white", "the milk texture|the pour height|the short shot|the foam layer"),
    Topic::new("latte art", "the wiggle|the milk jug angle|the base pour|the rosetta leaf"),
    Topic::new("AeroPress", "the inverted method|the slow press|the paper filter trick|the stir"),
    Topic::new("moka pot", "the preheated water|the low flame|the gurgle|the cold towel trick")
        .local("Mokkakanne|cafetera moka|moka|cafeteira italiana|moka"),
    Topic::new("French press", "the crust|the four minute wait|the skimming|the plunge")
        .local("French Press|prensa francesa|piston|prensa francesa|French press"),
    Topic::new("cortado", "the glass size|the one to one ratio|the warm milk|the double ristretto"),
    Topic::new("filter coffee", "the water recipe|the bed depth|the brew temperature|the drawdown")
        .local("Filterkaffee|café de filtro|café filtre|café coado|caffè filtro"),
    Topic::new("cappuccino", "the dry foam|the milk temperature|the cocoa dust debate|the folding of the milk"),
    Topic::new("iced latte", "the big ice cube|the shot over ice|the syrup amount|the shaking")
        .local("Iced Latte|latte helado|latte glacé|latte gelado|latte freddo"),
    Topic::new("pour over", "the kettle flow|the pulse pouring|the agitation|the flat bed"),
    Topic::new("decaf", "the sugarcane process|the finer grind|the evening cup test|the roast date")
        .local("Decaf|descafeinado|déca|descafeinado|decaffeinato"),
    Topic::new("Chemex", "the thick filter|the long bloom|the slow drawdown|the carafe heat"),
    Topic::new("home roasting", "the first crack|the cooling|the popcorn machine hack|the colour change")
        .local("Heimröstung|tostar café en casa|torréfaction maison|torra caseira|tostatura in casa"),
    Topic::new("affogato", "the hot shot|the frozen glass|the scoop size|the pinch of salt"),
    Topic::new("Vietnamese iced coffee", "the phin filter|the condensed milk layer|the slow drip|the robusta blend")
        .local("Eiskaffee aus Vietnam|café vietnamita|café vietnamien|café vietnamita|caffè vietnamita"),
    Topic::new("Turkish coffee", "the foam ring|the powder grind|the triple rise|the cezve size")
        .local("Mocca|café turco|café turc|café turco|caffè turco"),
    Topic::new("matcha latte", "the sifting|the bamboo whisk|the water at eighty degrees|the milk ratio"),
    Topic::new("espresso tonic", "the layering|the ice first rule|the lemon peel|the light roast shot"),
    Topic::new("grinder cleaning", "the burr alignment|the retention test|the brush|the rice myth")
        .local("Mühlenreinigung|limpiar el molino|nettoyage du moulin|limpeza do moedor|pulizia del macinino"),
    Topic::new("milk steaming", "the vortex|the stretch phase|the tip depth|the ripping sound")
        .local("Milchschaum|espumar leche|mousse de lait|vaporizar leite|montare il latte"),
    Topic::new("coffee water", "the magnesium mix|the test strip|the bottle comparison|the scale buildup")
        .local("Kaffeewasser|agua para café|eau du café|água para café|acqua per il caffè"),
    Topic::new("ristretto", "the shorter pull|the finer dose|the syrupy texture|the cut-off point"),
    Topic::new("bean freezing", "the single dose tubes|the vacuum bag|the straight from frozen grind|the thawing test")
        .local("Bohnen einfrieren|congelar café|congeler le café|congelar café|congelare il caffè"),
    Topic::new("coffee blends", "the robusta share|the fifty fifty test|the crema|the price per kilo")
        .local("Espressomischungen|mezclas de café|assemblages|blends de café|miscele"),
    Topic::new("cupping", "the break|the loud slurp|the flavour wheel|the blind table"),
];

const EN: &[Table] = &[
    (
        "part",
        "the grind size|the water temperature|the brew ratio|the pouring|the milk texture|the bean choice|the roast level|the brew time|the dosing|the tasting",
    ),
    ("act", "dialing in espresso|making pour over|steaming milk|weighing my beans|brewing at home|roasting at home"),
    (
        "woe",
        "came out sour|turned out bitter|tastes like cardboard|ran through in ten seconds|is watery|choked the machine|tasted burnt|is undrinkable",
    ),
    (
        "win",
        "best cup I've made at home|no more bitterness|my flat white finally has foam|tastes like the café now|sweet and clean like never before|first cup in months that I finished|actual crema",
    ),
    ("pro", "barista|roaster|café owner|pastry chef|coffee trainer"),
    ("merch", "sampler box|tasting set|house blend subscription"),
];
const DE: &[Table] = &[
    (
        "part",
        "die Mahlung|die Wassertemperatur|die Brühzeit|die Milchschaum-Konsistenz|die Bohnenauswahl|die Röstung|die Dosierung|das Aufgießen",
    ),
    ("act", "Espresso einstellen|Filterkaffee brühen|Milch schäumen|Bohnen abwiegen"),
    ("woe", "war leider sauer|schmeckt total bitter|ist viel zu wässrig|war in zehn Sekunden durch|schmeckt verbrannt"),
    (
        "win",
        "bester Kaffee, den ich je zu Hause hatte|endlich nicht mehr bitter|schmeckt jetzt wie im Café|zum ersten Mal richtige Crema|so süß und klar wie nie",
    ),
    ("pro", "Barista|Röster|Konditorin"),
    ("merch", "Probierbox|Kaffeebox|Tasting-Box"),
];
const ES: &[Table] = &[
    (
        "part",
        "la molienda|la temperatura del agua|la proporción|la textura de la leche|el tueste|el vertido|la dosis|el tiempo de extracción",
    ),
    ("act", "calibrar el espresso|hacer café de filtro|texturizar la leche|pesar los granos"),
    ("woe", "me salió ácido|me quedó amargo|queda aguado|sabe a quemado|salió en diez segundos"),
    (
        "win",
        "el mejor café que he hecho en casa|por fin sin amargor|ahora sabe como en la cafetería|crema de verdad por primera vez|dulce y limpio como nunca",
    ),
    ("pro", "barista|tostador|repostera"),
    ("merch", "caja de degustación|suscripción de café"),
];
const FR: &[Table] = &[
    ("part", "la mouture|la température de l'eau|le ratio|la mousse de lait|la torréfaction|le temps d'infusion"),
    ("act", "régler mon espresso|faire du café filtre|mousser le lait"),
    ("woe", "est sorti trop acide|était super amer|est trop dilué|avait un goût de brûlé"),
    (
        "win",
        "meilleur café que j'aie fait à la maison|enfin plus d'amertume|on dirait celui du café d'en bas|une vraie crema pour la première fois",
    ),
    ("pro", "barista|torréfacteur|pâtissière"),
    ("merch", "box découverte|sélection dégustation"),
];
const PT: &[Table] = &[
    ("part", "a moagem|a temperatura da água|a proporção|a textura do leite|a torra|o tempo de extração"),
    ("act", "regular o espresso|fazer café coado|vaporizar o leite"),
    ("woe", "ficou ácido|ficou amargo demais|ficou aguado|ficou com gosto de queimado"),
    (
        "win",
        "melhor café que já fiz em casa|finalmente sem amargor|parece o da cafeteria|crema de verdade pela primeira vez",
    ),
    ("pro", "barista|torrefador|confeiteira"),
    ("merch", "caixa de degustação|assinatura de café"),
];
const IT: &[Table] = &[
    (
        "part",
        "la macinatura|la temperatura dell'acqua|il rapporto|la crema di latte|la tostatura|il tempo di estrazione",
    ),
    ("act", "regolare l'espresso|fare il caffè filtro|montare il latte"),
    ("woe", "è venuto acido|è amarissimo|è annacquato|sa di bruciato"),
    (
        "win",
        "il miglior caffè mai fatto a casa|finalmente non è più amaro|sembra quello del bar|una crema vera per la prima volta",
    ),
    ("pro", "barista|torrefattore|pasticcera"),
    ("merch", "box degustazione|selezione caffè"),
];
