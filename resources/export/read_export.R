# Read this export in R: types, labels and codes as the codebook says.
#
#   source("read_export.R"); tables <- read_export("."); summary(tables$VS)
#
# Numbers are numeric, complete dates are Date, codes are factors whose levels are the codes (decoded() gives
# their words); a partial date stays text. attr(x, "label") is the label of a column. The answers that no typed
# column can hold are the table ASTYPED. Needs jsonlite; for .xlsx readxl; for .xpt .sav .dta haven.

read_export <- function(folder = ".", language = "en") {
  book <- jsonlite::fromJSON(file.path(folder, "codebook.json"), simplifyVector = FALSE)
  tables <- lapply(book$tables, function(table) read_one(folder, book, table, language))
  names(tables) <- vapply(book$tables, function(table) table$model, "")
  tables
}

read_one <- function(folder, book, table, language) {
  cells <- all_texts(folder, book, table)
  made <- list()
  for (one in table$variables) {
    text <- cells[[one$name]]
    made[[one$model]] <- if (one$part > 0) paste0(made[[one$model]], text) else text
  }
  for (one in table$variables) {
    if (one$part > 0) next
    made[[one$model]] <- typed(made[[one$model]], one, book)
    attr(made[[one$model]], "label") <- one$label[[language]]
  }
  result <- as.data.frame(made, stringsAsFactors = FALSE, check.names = FALSE)
  attr(result, "label") <- table$label[[language]]
  result
}

# All cells as text, "" for nothing.
all_texts <- function(folder, book, table) {
  file <- file.path(folder, table$file)
  if (book$format == "csv") {
    cells <- utils::read.csv(file, colClasses = "character", na.strings = character(0),
                             fileEncoding = "UTF-8-BOM", check.names = FALSE)
    if (!book$raw && nrow(cells) > 0) {
      # Texts that a spreadsheet would take for formulas have an apostrophe in front.
      for (row in which(cells$ESCAPED != "")) {
        for (column in strsplit(cells$ESCAPED[row], " ")[[1]]) {
          cells[row, column] <- substring(cells[row, column], 2)
        }
      }
    }
    return(cells)
  }
  if (book$format == "dataset-json") {
    lines <- readLines(file, encoding = "UTF-8")
    if (book$lines) {
      head <- jsonlite::fromJSON(lines[1], simplifyVector = FALSE)
      rows <- lapply(lines[-1], jsonlite::fromJSON, simplifyVector = FALSE)
    } else {
      head <- jsonlite::fromJSON(paste(lines, collapse = "\n"), simplifyVector = FALSE)
      rows <- head$rows
    }
    cells <- lapply(seq_along(head$columns), function(place) {
      vapply(rows, function(row) if (is.null(row[[place]])) "" else as.character(row[[place]]), "")
    })
    names(cells) <- vapply(head$columns, function(column) column$name, "")
    return(as.data.frame(cells, stringsAsFactors = FALSE, check.names = FALSE))
  }
  if (book$format == "xlsx") {
    file <- file.path(folder, "data.xlsx")
    sheets <- readxl::excel_sheets(file)
    name <- table$name
    number <- 1
    parts <- list()
    while (name %in% sheets) {
      head <- names(readxl::read_excel(file, sheet = name, n_max = 0))
      # Without the range, columns that are empty to the end would be missing.
      cells <- readxl::cell_limits(c(3, 1), c(NA, length(head)))
      part <- readxl::read_excel(file, sheet = name, range = cells, col_names = head, col_types = "list")
      parts[[number]] <- as.data.frame(lapply(part, function(column) vapply(column, as_text, "")),
                                       stringsAsFactors = FALSE, check.names = FALSE)
      number <- number + 1
      name <- paste0(substring(table$name, 1, 31 - nchar(number)), number)
    }
    return(do.call(rbind, parts))
  }
  reader <- list(xpt = haven::read_xpt, sav = haven::read_sav, dta = haven::read_dta)[[book$format]]
  cells <- reader(file)
  made <- lapply(table$variables, function(one) {
    column <- unclass(cells[[one$name]])
    if (book$format == "dta" && one$type == "code") {
      # Codes are numbers there: 1 is the first of the codelist.
      codes <- vapply(book$codelists[[one$codelist]], function(each) each$code, "")
      return(ifelse(is.na(column), "", codes[as.integer(column)]))
    }
    if (one$type == "date") column <- as.Date(cells[[one$name]])
    vapply(seq_along(column), function(place) as_text(column[place]), "")
  })
  names(made) <- vapply(table$variables, function(one) one$name, "")
  as.data.frame(made, stringsAsFactors = FALSE, check.names = FALSE)
}

as_text <- function(cell) {
  if (is.null(cell) || length(cell) == 0 || is.na(cell)) return("")
  if (inherits(cell, c("POSIXct", "Date"))) return(format(as.Date(cell), "%Y-%m-%d"))
  if (is.numeric(cell)) return(format(cell, digits = 15, scientific = FALSE, trim = TRUE))
  as.character(cell)
}

typed <- function(texts, one, book) {
  texts[texts == ""] <- NA
  switch(one$type,
    integer = as.numeric(texts),
    decimal = as.numeric(texts),
    date = as.Date(texts),
    code = factor(texts, levels = vapply(book$codelists[[one$codelist]], function(each) each$code, "")),
    texts
  )
}

# The words of a coded column instead of its codes.
decoded <- function(column, codelist, language = "en") {
  words <- vapply(codelist, function(each) each[[language]], "")
  names(words) <- vapply(codelist, function(each) each$code, "")
  unname(words[as.character(column)])
}

if (sys.nframe() == 0) {
  for (table in Map(function(name, cells) list(name = name, cells = cells), names(tables <- read_export()), tables)) {
    cat(sprintf("%-12s %7d rows %4d columns  %s\n", table$name, nrow(table$cells), ncol(table$cells),
                attr(table$cells, "label")))
  }
}
