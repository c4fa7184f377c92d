//! Tech reviews.

use super::{NicheWords, Topic};
use crate::world::text::grammar::Table;

pub const WORDS: NicheWords = NicheWords {
    topics: &[
        Topic::new("OLED", "the burn-in test|the text fringing|the brightness limit|the grey banding"),
        Topic::new("USB-C", "the cable confusion|the wattage label|the hub test|the charging handshake"),
        Topic::new("e-ink", "the ghosting|the refresh rate|the front light|the pen lag"),
        Topic::new("ANC", "the plane test|the wind noise|the ear pressure|the transparency mode"),
        Topic::new("smart home", "the hub setup|the local control|the motion sensor|the dead router test"),
        Topic::new("NAS", "the drive choice|the backup plan|the noise level|the power draw"),
        Topic::new("mini PC", "the fan curve|the thermal test|the port layout|the idle power"),
        Topic::new("mechanical keyboards", "the switch feel|the foam mod|the stabiliser tuning|the sound test"),
        Topic::new("VR", "the motion sickness|the lens swap|the passthrough|the head strap"),
        Topic::new("GaN charging", "the heat under load|the size comparison|the port priority|the noise test"),
        Topic::new("mesh wifi", "the dead spot map|the backhaul|the handover|the speed drop"),
        Topic::new("phone repair", "the screen swap|the glue|the battery connector|the part pairing"),
        Topic::new("Linux", "the driver setup|the window manager|the suspend bug|the first week"),
        Topic::new("ultrawide", "the curve|the window tiling|the colour calibration|the desk depth"),
        Topic::new("battery health", "the eighty percent rule|the cycle count|the overnight charging|the cold test"),
        Topic::new("foldables", "the crease|the hinge test|the dust test|the app support"),
        Topic::new("webcam lighting", "the key light|the colour temperature|the window trick|the desk lamp hack"),
        Topic::new("self hosting", "the reverse proxy|the update routine|the power bill|the first outage"),
        Topic::new("smartwatch", "the sleep tracking|the heart rate test|the strap|the battery claim"),
    ],
    gear: "Nova 7 Pro|Lumen X1|Aria Buds 3|Kestrel 14|Voltix 100|Pixelframe 27|Orbit Hub|Tactus 65|Halo Watch 2|Stratus NAS|Fold One",
    emoji: "🔋|💻|📱|⌨️|🤓|🔌",
    tags: "tech|review|gadgets|unboxing|comparison|tech tips|setup|buying guide",
    channel: "{host} buys it, uses it for a month, and then talks. No review units, no rush to be first.",
    titles: &[
        "{gear} after {n} [weeks|months]: [the truth|still worth it|what broke]",
        "{topic} in 2026: [don't buy yet|finally good|what nobody tells you]",
        "{gear} vs {gear2}: [not even close|closer than you think|the blind test]",
        "[I was wrong|We need to talk] about {topic}",
        "{n} {topic} mistakes [you're making|that cost me money]",
        "{topic} on a budget: [is it any good|under 100]?",
        "[One month|{nn} days] with {gear}, no sponsor",
        "[The|My] honest {topic} guide",
        "Why I [returned|kept|repaired] the {gear}",
        "{topic}, explained [in {n} minutes|without the marketing]",
    ],
    praise: &[
        "[finally|at last] a reviewer who [buys|pays for] the {gear} [himself|with real money] and [uses|tests] it for more than a weekend",
        "[saved me|you just saved me] {nn}0 [bucks|quid|euros], was [one click away from|this close to] ordering the {gear}",
        "the [graph|table|chart] at {min} [is all I needed|tells you everything|should be on the box]",
        "[disabled|turned off] the setting at {min} and {win}. [how is that not the default|wild]",
    ],
    question: &[
        "[does|will] the {gear} [work|play nice] with [Linux|an older Mac|two monitors] [out of the box|]?",
        "[how's|how is] the [battery|fan noise|coil whine] after [{n} months|the latest update]?",
        "[did|has] the [latest firmware|new update] [fix|change] {detail}?",
        "[is it|would it be] [future proof|enough] for the next {n} years or should I wait for the [next gen|black friday sale]?",
    ],
    story: &[
        "[still|I'm still] on a phone from 2019, [swapped|replaced] the battery {when}, {win}",
        "[worked|I worked] in a repair shop in {where} for {n} years, [half|most] of the jobs came down to {part}",
        "[installed|set up] {topic} for {who} and now I'm [unpaid tech support|the family IT department]",
    ],
    complaint: &[
        "you [tested|reviewed] it on [pre-release|old] firmware, {detail} was fixed [{n} weeks ago|in the last update]. [misleading|please re-test]",
        "[no|zero] mention of [the price|privacy|the subscription] [at all|until {min}], [that's|which is] the [main|biggest] issue with the {gear}",
        "[your|the] benchmark at {min} [is throttled|was run on battery], [mine|my {gear}] gets [twice that|{n}0% more]. [sloppy|do it again]",
    ],
    words: [EN, DE, ES, FR, PT, IT],
};

const EN: &[Table] = &[
    (
        "part",
        "the battery life|the build quality|the software support|the setup|the screen|the repairability|the price|the cable mess|the heat",
    ),
    ("act", "tinkering with my setup|running a home server|building keyboards|testing headphones|tidying cables"),
    (
        "woe",
        "overheats|won't pair|drains overnight|keeps disconnecting|arrived with a dead pixel|bricked itself|gets half the speed",
    ),
    (
        "win",
        "battery lasts two days now|everything just works|zero dropouts since|my desk finally looks clean|runs cooler than ever|best upgrade this year",
    ),
    ("pro", "sysadmin|repair technician|electrical engineer|developer|IT trainer"),
    ("merch", "cable kit|desk mat|charger bundle"),
];
const DE: &[Table] = &[
    (
        "part",
        "die Akkulaufzeit|die Verarbeitung|die Software|die Einrichtung|die Reparierbarkeit|die Wärmeentwicklung|das Display",
    ),
    ("act", "Basteln|Heimserver betreiben|Tastaturen bauen"),
    (
        "woe",
        "wird viel zu heiß|koppelt sich nicht|ist über Nacht leer|verliert ständig die Verbindung|hat einen Pixelfehler",
    ),
    (
        "win",
        "der Akku hält jetzt zwei Tage|läuft endlich stabil|keine Abbrüche mehr|der Schreibtisch ist endlich aufgeräumt",
    ),
    ("pro", "Admin|Elektroniker|Entwickler"),
    ("merch", "Kabelbox|Schreibtischmatte"),
];
const ES: &[Table] = &[
    ("part", "la batería|la pantalla|el acabado|la configuración|el calor|el software"),
    ("act", "montar mi setup|tener un servidor en casa"),
    (
        "woe",
        "se calienta muchísimo|no empareja|se descarga en una noche|se desconecta cada rato|vino con un píxel muerto",
    ),
    (
        "win",
        "la batería dura dos días|todo funciona a la primera|ni un corte desde entonces|por fin un escritorio limpio",
    ),
    ("pro", "técnico|informática|ingeniero"),
    ("merch", "caja de cables|alfombrilla"),
];
const FR: &[Table] = &[
    ("part", "l'autonomie|l'écran|la finition|la configuration|la chauffe"),
    ("act", "bidouiller mon setup|monter un serveur"),
    ("woe", "chauffe énormément|ne s'appaire pas|se vide en une nuit|se déconnecte sans arrêt"),
    ("win", "deux jours d'autonomie|tout marche du premier coup|plus aucune coupure"),
    ("pro", "technicien|développeuse|admin réseau"),
    ("merch", "trousse de câbles|pochette"),
];
const PT: &[Table] = &[
    ("part", "a bateria|a tela|o acabamento|a configuração|o aquecimento"),
    ("act", "montar setup|ter servidor em casa"),
    ("woe", "esquenta demais|não pareia|descarrega numa noite|vive desconectando"),
    ("win", "a bateria dura dois dias|tudo funcionou de primeira|nenhuma queda desde então"),
    ("pro", "técnico|desenvolvedora|engenheiro"),
    ("merch", "caixa de cabos|capa organizadora"),
];
const IT: &[Table] = &[
    ("part", "la batteria|la qualità costruttiva|la configurazione|la temperatura"),
    ("act", "sistemare il setup|gestire un server"),
    ("woe", "scalda tantissimo|non si accoppia|si scarica in una notte|si disconnette sempre"),
    ("win", "la batteria dura due giorni|funziona tutto al primo colpo|nessuna disconnessione"),
    ("pro", "tecnico|sviluppatrice|sistemista"),
    ("merch", "borsa dei cavi|tovaglietta da scrivania"),
];
