//! Parts of names, by language, and what nicknames are made of; parted by `|`.

use super::Language;

/// First and last names for somebody who writes in a language. English is written from everywhere: `roll` (0..100) says from where.
pub fn of(language: Language, roll: usize) -> (&'static str, &'static str) {
    match (language, roll) {
        (Language::En, 0..58) => (EN_FIRST, EN_LAST),
        (Language::En, 58..80) | (Language::De | Language::Fr, 88..) => (WORLD_FIRST, WORLD_LAST),
        (Language::En, _) => (NORTH_FIRST, NORTH_LAST),
        (Language::De, _) => (DE_FIRST, DE_LAST),
        (Language::Es, _) => (ES_FIRST, ES_LAST),
        (Language::Fr, _) => (FR_FIRST, FR_LAST),
        (Language::Pt, _) => (PT_FIRST, PT_LAST),
        (Language::It, _) => (IT_FIRST, IT_LAST),
    }
}

const EN_FIRST: &str = "Emma|Liam|Olivia|Noah|Ava|Ethan|Sophie|Jack|Grace|Callum|Megan|Tyler|Hannah|Jordan|Chloe|Ryan|Zoe|Marcus|Abby|\
    Dylan|Rachel|Ben|Caitlin|Owen|Jess|Luke|Tasha|Aaron|Molly|Kyle|Beth|Sean|Erin|Connor|Holly|Nate|Priya|Dean|Robyn|\
    Trevor|Gemma|Wes|Kayla|Graham|Imogen|Desmond|Sharon|Phil|Denise|Curtis";
const EN_LAST: &str = "Walker|Hughes|Bennett|Carter|Doyle|Price|Sutton|Murphy|Reid|Palmer|Foster|Kelly|Brooks|Hayes|Griffin|Marsh|Webb|\
    Dalton|Pearce|Lowe|Fletcher|Quinn|Barker|Nolan|Holt|Sharpe|Whitaker|Boyd|Lambert|Fry|Osborne|Ramsey|Tate|Cross|\
    Mercer|Hobbs|Vaughn|Ellison|Drummond|Pike";
const WORLD_FIRST: &str = "Arjun|Ananya|Rohan|Mei|Wei|Yusuf|Elif|Emre|Fatima|Omar|Layla|Amir|Nia|Kwame|Chidi|Amara|Thandi|Minh|Linh|Jisoo|\
    Hyun|Kenji|Yuki|Haruka|Putri|Dewi|Rizky|Nadia|Karim|Zeynep|Isha|Vikram|Tariq|Samira|Abebe|Oluwaseun";
const WORLD_LAST: &str = "Sharma|Patel|Iyer|Chen|Wang|Yılmaz|Demir|Hassan|Haddad|Okafor|Mensah|Adeyemi|Nguyen|Tran|Kim|Park|Tanaka|Sato|\
    Wijaya|Santoso|Rahman|Khan|Malik|Osei|Dlamini|Singh|Gupta|Kaya|Nasser|Tesfaye";
const NORTH_FIRST: &str = "Astrid|Lars|Freja|Mikkel|Sanna|Jukka|Aino|Piotr|Kasia|Agnieszka|Marek|Tomáš|Petra|Jana|Bram|Sanne|Daan|Femke|\
    Ilse|Søren|Ingrid|Oskar|Zuzana|Magda|Wojtek|Eero|Liv|Jonas|Andrei|Ioana";
const NORTH_LAST: &str = "Lindqvist|Hansen|Nielsen|Korhonen|Virtanen|Kowalski|Nowak|Wiśniewska|Novák|Dvořák|de Vries|Bakker|Visser|\
    Johansson|Berg|Dahl|Halonen|Zielińska|Horváth|Popescu|Ionescu|Jansen|Mulder|Kruger|Lund";
const DE_FIRST: &str = "Lena|Jonas|Anna|Lukas|Katharina|Felix|Miriam|Tobias|Svenja|Florian|Jule|Maximilian|Sabine|Stefan|Nele|Jan|Greta|\
    Moritz|Birgit|Uwe|Annika|Sebastian|Heike|Dominik|Franziska|Till|Jörg|Carolin|Malte|Ronja|Matthias|Steffi";
const DE_LAST: &str = "Müller|Schneider|Hoffmann|Wagner|Becker|Krüger|Vogel|Brandt|Schäfer|Lorenz|Köhler|Winter|Böhm|Seidel|Huber|\
    Ziegler|Pfeiffer|Kraus|Albrecht|Sommer|Gruber|Engel|Weiß|Dietrich|Kühn|Busch";
const ES_FIRST: &str = "Lucía|Mateo|Sofía|Javier|Camila|Diego|Valentina|Andrés|Carmen|Pablo|Daniela|Sergio|Ximena|Álvaro|Paula|Iván|\
    Rocío|Emilio|Marta|Joaquín|Noelia|Rubén|Fernanda|Tomás|Pilar|Gonzalo|Abril|Íñigo|Marisol|Nacho";
const ES_LAST: &str = "García|Fernández|López|Martínez|Sánchez|Romero|Navarro|Torres|Ruiz|Vega|Castillo|Ortega|Ramos|Herrera|Medina|\
    Cabrera|Peña|Ríos|Aguilar|Fuentes|Molina|Serrano|Ibáñez|Gallardo|Quintana|Paredes";
const FR_FIRST: &str = "Camille|Hugo|Léa|Théo|Manon|Antoine|Chloé|Julien|Élodie|Maxime|Inès|Romain|Océane|Bastien|Sandrine|Yann|Margaux|\
    Quentin|Aurélie|Loïc|Justine|Mehdi|Clémence|Thibault";
const FR_LAST: &str = "Martin|Bernard|Dubois|Lefèvre|Moreau|Girard|Rousseau|Fontaine|Chevalier|Perrin|Blanchard|Garnier|Lemoine|Renard|\
    Marchand|Colin|Barbier|Guérin|Poirier|Delmas";
const PT_FIRST: &str = "Beatriz|João|Larissa|Rafael|Mariana|Thiago|Inês|Gustavo|Letícia|Bruno|Camila|Vinícius|Joana|Caio|Débora|Felipe|\
    Aline|Tiago|Renata|Luana";
const PT_LAST: &str = "Silva|Santos|Oliveira|Ferreira|Almeida|Carvalho|Ribeiro|Teixeira|Moreira|Barbosa|Rocha|Nogueira|Azevedo|Pinto|\
    Cardoso|Lopes";
const IT_FIRST: &str = "Giulia|Marco|Chiara|Luca|Francesca|Matteo|Elisa|Davide|Martina|Simone|Alessia|Federico|Ilaria|Stefano|Valeria|\
    Nicola|Silvia|Edoardo";
const IT_LAST: &str = "Rossi|Bianchi|Ferrari|Esposito|Romano|Colombo|Ricci|Marino|Greco|Conti|Gallo|Fontana|Barbieri|Caruso|Moretti|\
    Testa";

pub const OTHER_SCRIPTS: &str = "さくら|たけし|佐藤 美咲|はると|소연|김 민준|지우|李 雨|小林|陈 晨|Ольга К|Дмитрий|Анна П|Саша|ليلى|أحمد|Νίκος|Μαρία|नेहा|אורי";

pub const NICK_FIRST: &str = "slow|sunday|tiny|midnight|north|paper|rusty|quiet|second|lazy|blue|wild|honest|analog|lucky|soft|urban|salty|\
    mellow|cosy|grumpy|velvet|early|foggy|plain|neon|copper|little|random|chaotic";
pub const NICK_LAST: &str = "mornings|fox|kitchen|owl|harbor|pixel|garden|commute|badger|balcony|rider|tape|moth|notes|raccoon|weekend|signal|\
    bean|sparrow|hours|goblin|otter|lantern|porch|gremlin|walrus|attic|bicycle|drummer|teapot";

pub const SPAM_FIRST: &str =
    "Crypto|Profit|Lucky|Daily|Trader|Gift|Easy|Promo|Wealth|Bonus|Rapid|Official|Signal|Viral";
pub const SPAM_LAST: &str = "Queen|Mentor|Desk|Rewards|Hub|Signals|Deals|Winner|Agent|Growth|Claim|Academy|Support";
