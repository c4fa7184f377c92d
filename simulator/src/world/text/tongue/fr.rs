//! French.

use super::{Lines, Tongue};
use crate::world::Language;
use crate::world::text::grammar::Table;

pub const TONGUE: Tongue = Tongue {
    language: Language::Fr,
    praise: PRAISE,
    question: QUESTION,
    purchase: PURCHASE,
    suggestion: SUGGESTION,
    story: STORY,
    remark: REMARK,
    complaint: COMPLAINT,
    incident: INCIDENT,
    safety: &[
        "[attention|prudence] à {min}, je me suis [brûlée|blessé] en le faisant, [direct aux urgences|mettez un avertissement]",
    ],
    answers: [TO_QUESTION, TO_TROUBLE, TO_REST, ASKER],
    owner: [OWNER_TO_QUESTION, OWNER_TO_COMPLAINT, OWNER_TO_INCIDENT, OWNER_TO_REST],
    titles: TITLES,
    incident_titles: &[
        "Notre {merch} est là : {n} 000 commandes emballées à la main",
        "On a créé notre propre {merch}",
    ],
    descriptions: &[
        "[Aujourd'hui|Cette semaine], on parle de {topic} : {part} et {part}. Matériel : {gear}, {gear2}.",
        "Vous l'avez demandé : {topic}. Les pressés peuvent aller à {min}.",
    ],
    sign_offs: &["Une vidéo tous les deux jours. Merci d'être là !", "Une question ? En commentaire, je lis tout."],
    intro: "Introduction",
    channel: "{host} : testé calmement, raconté franchement. Une vidéo tous les deux jours.",
    slots: SLOTS,
};

const SLOTS: &[Table] = &[
    ("thanks", "merci|merci beaucoup|un grand merci|mille mercis"),
    ("good", "génial|super|excellent|au top|magnifique|passionnant"),
    ("who", "ma femme|mon mari|mon père|ma mère|ma sœur|mon coloc|une collègue|mon voisin"),
    ("when", "ce matin|hier soir|ce week-end|dimanche|hier|tout à l'heure"),
    ("where", "Lyon|Bruxelles|Nantes|Montréal|Lausanne|Lille|Dakar|Toulouse"),
];

const PRAISE: Lines = &[
    "[enfin|ah enfin] quelqu'un qui explique {part} [clairement|sans blabla]. {thanks} !",
    "testé {when} : {win} ! {thanks}",
    "l'astuce à {min} [vaut de l'or|change tout|m'a bluffée]",
    "[coucou|bonjour|salut] de {where} ! [toujours un plaisir|mon rendez-vous préféré|quelle chaîne]",
    "{good} [comme toujours|, encore une fois|], [continue|ne change rien|encore]",
    "[ça fait|depuis] {n} ans que je [me plante|galère], {part} [c'était donc ça|, qui l'eût cru]",
    "{who} en a marre que je parle de {topic}, [mais je continue|c'est ta faute|tant pis]",
    "tu expliques mieux que [mon prof|n'importe quel livre|tous les autres réunis]",
    "le montage [est dingue|de cette vidéo est superbe], [bravo|chapeau]",
    "en tant que {pro}, [je valide|je confirme tout]. {good}",
    "[pile|exactement] ce que je cherchais [aujourd'hui|depuis des mois]",
    "la tête à {min} [m'a tuée|j'en peux plus|mdr]",
    "grâce à toi j'ai craqué pour {gear}, {win}",
];
const QUESTION: Lines = &[
    "est-ce que ça marche aussi avec {gear2} ?",
    "[c'est quoi|quel est] le [modèle|réglage] à {min} ?",
    "{gear} ou {gear2} pour [débuter|un petit budget] ?",
    "[quelqu'un sait|vous savez] pourquoi le mien {woe} ? [j'ai tout suivi|]",
    "est-ce que {part} est vraiment [si important|indispensable] ?",
    "[tu peux|pourrais-tu] réexpliquer ce qui se passe à {min} ? [je suis perdue|]",
    "une suite [à|pour] {topic} [est prévue|bientôt] ?",
    "au bout de combien [d'essais|de temps] on y arrive ? le mien {woe}",
];
const PURCHASE: Lines = &[
    "[où|et où] trouver {gear} ? [en rupture partout|]",
    "la {merch} est livrable [en Belgique|en Suisse|au Québec|à la Réunion] ?",
    "il y a un code promo pour {gear} ?",
];
const SUGGESTION: Lines = &[
    "une vidéo [entière|rien que] sur {part}, [stp|s'il te plaît]",
    "idée : {gear} contre {gear2}, [à l'aveugle|mêmes conditions]",
    "la musique à {min} est [un peu|trop] forte, sinon parfait",
    "tu peux mettre [les quantités|les étapes] en description ? [merci|]",
];
const STORY: Lines = &[
    "{who} m'a offert {gear} [à Noël|pour mes {nn} ans], [depuis je n'arrête plus|tout a commencé là]",
    "le premier {woe}, [le deuxième|le troisième] : {win}",
    "j'ai été {pro} {n} ans à {where}, {part} [c'était sacré|on faisait pareil]",
    "je regarde ça [dans le train|en pause|avec bébé dans les bras], [ça apaise|quel bonheur]",
];
const REMARK: Lines = &[
    "qui regarde ça à {n}h du [mat|matin] ?",
    "le chat à {min} [est la vraie star|mdr]",
    "team {gear} [ici|présente]",
    "[première|dans les premiers] !",
    "venue pour {part}, restée [deux heures|pour tout le reste]",
];
const COMPLAINT: Lines = &[
    "[désolé mais|franchement] {part}, ça ne se fait pas comme ça, [demande à n'importe quel {pro}|renseigne-toi]",
    "j'ai tout suivi et le mien {woe}. [déçue|temps perdu|plus jamais]",
    "{nn} minutes pour dire ça... [trop de blabla|va au but]",
    "encore une pub déguisée pour {gear}. [je me désabonne|dommage]",
    "le son à {min} est [inaudible|horrible]",
    "toujours pas de réponse pour ma {merch} après {n} semaines. [pas sérieux|lamentable]",
    "titre [mensonger|putaclic], {part} [à peine évoqué|aux oubliettes]",
];
const INCIDENT: Lines = &[
    "ma {merch} est arrivée [cassée|ouverte|à moitié vide], aucune réponse depuis {n} jours",
    "{n} semaines d'attente pour la {merch}, [le suivi est bloqué|toujours rien]",
    "débité deux fois ! [je veux|où est] mon remboursement",
    "au lieu de poster, [répondez|livrez] [à ceux|aux gens] qui ont payé la {merch}",
];
const TO_QUESTION: Lines = &[
    "oui, [ça marche|aucun souci], il faut juste surveiller un point : {part}",
    "c'est en description[, deuxième lien|]",
    "je prendrais {gear}, [j'ai eu les deux|il tient depuis des années]",
    "[même question|pareil, je me demande]",
];
const TO_TROUBLE: Lines = &[
    "[pareil|moi aussi|idem ici], [je croyais être seule|ça rassure]",
    "chez moi ça marche, [peut-être|sûrement] {part}",
    "[un peu dur|doucement], c'est gratuit",
];
const TO_REST: Lines = &[
    "[tellement vrai|exactement|pareil|clairement]",
    "mdr [c'est moi {when}|{who} dit pareil]",
    "[bonne idée|bon conseil], je teste",
    "alors, [verdict|ça a donné quoi] ?",
];
const ASKER: Lines =
    &["[merci|super merci], [c'était ça|je teste ce soir]", "ok [je comprends mieux|c'est clair]", "edit : {win}"];

const OWNER_TO_QUESTION: Lines = &[
    "[bonne|très bonne] question[ {name}|] ! Oui, ça marche avec {gear2}, à surveiller : {part}.",
    "regarde à {min}, je le montre [en détail|pas à pas]. [Sinon redemande|]",
    "[c'est ajouté|je l'ai mis] en description, merci !",
];
const OWNER_TO_COMPLAINT: Lines = &[
    "[merci pour ta franchise|tu as raison], [je ferai mieux|c'est noté].",
    "[désolé|mince] ! Écris à hello@ avec ton numéro de commande, [on règle ça|je m'en occupe].",
];
const OWNER_TO_INCIDENT: Lines = &[
    "[vraiment désolé|toutes mes excuses] {name}. Un mail à hello@ et on [remplace|rembourse] sans discuter.",
    "le remboursement est parti, compte {n} jours. [encore pardon|]",
];
const OWNER_TO_REST: Lines = &[
    "merci {name} ! [ça fait plaisir|c'est pour ça que je filme].",
    "[bonne idée|noté], ça part sur la liste !",
    "[contente|ravi] que ça [aide|marche] ! [raconte la suite|]",
    "[bien vu|haha], {part} est [trop sous-estimé|la moitié du travail].",
];
const TITLES: Lines = &[
    "{topic} : {n} erreurs [que tout le monde fait|à éviter]",
    "{gear} ou {gear2} ? [Le match|{n} semaines après]",
    "{topic} [expliqué simplement|en {n} minutes|pour débuter]",
    "{topic} avec {gear} : [ça vaut le coup|mon avis] ?",
    "J'ai testé {topic} pendant {nn} jours",
    "[Arrêtez|S'il vous plaît, arrêtez] de rater votre {topic}",
];
