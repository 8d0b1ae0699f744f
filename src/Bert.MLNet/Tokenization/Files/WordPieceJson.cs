using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Writes the <c>tokenizer.json</c> of a tokenizer that was read from a <c>vocab.txt</c>, for libraries that read no other file.
/// </summary>
internal static class WordPieceJson
{
    /// <param name="specification">The tokenizer.</param>
    public static string Write(TokenizerSpecification specification)
    {
        BertTokenizerOptions options = specification.Options;
        return JsonFile.Format(new Dictionary<string, object?>
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = specification.AddedTokens.OrderBy(token => token.Id).Select(Token),
            ["normalizer"] = new Dictionary<string, object?>
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = options.TokenizeChineseChars,
                ["strip_accents"] = options.StripAccents,
                ["lowercase"] = options.DoLowerCase,
            },
            ["pre_tokenizer"] = new Dictionary<string, object> { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = Template(specification),
            ["decoder"] = new Dictionary<string, object> { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new Dictionary<string, object>
            {
                ["type"] = "WordPiece",
                ["unk_token"] = options.UnknownToken,
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = specification.Pieces.Ids.OrderBy(piece => piece.Value).ToDictionary(),
            },
        });
    }

    private static Dictionary<string, object> Token(AddedToken token) => new()
    {
        ["id"] = token.Id,
        ["content"] = token.Content,
        ["single_word"] = token.SingleWord,
        ["lstrip"] = token.LStrip,
        ["rstrip"] = token.RStrip,
        ["normalized"] = token.Normalized,
        ["special"] = token.Special,
    };

    private static Dictionary<string, object> Template(TokenizerSpecification specification)
    {
        (string cls, string sep, RowTemplate row) = (specification.Options.ClsToken, specification.Options.SepToken, specification.Row);
        object[] single = [Piece("SpecialToken", cls, 0), Piece("Sequence", "A", 0), Piece("SpecialToken", sep, 0)];
        return new()
        {
            ["type"] = "TemplateProcessing",
            ["single"] = single,
            ["pair"] = (object[])
            [
                .. single[..2], .. Enumerable.Repeat(single[2], row.Separators), Piece("Sequence", "B", row.SecondType),
                Piece("SpecialToken", sep, row.SecondType),
            ],
            ["special_tokens"] = new[] { cls, sep }.ToDictionary(token => token, token => new Dictionary<string, object>
            {
                ["id"] = token,
                ["ids"] = new[] { IdOf(token) },
                ["tokens"] = new[] { token },
            }),
        };

        int IdOf(string token) => specification.AddedTokens.FirstOrDefault(added => added.Content == token)?.Id
            ?? (specification.Pieces.TryGetId(token, out int id) ? id : 0);
    }

    private static Dictionary<string, object> Piece(string kind, string id, int type) =>
        new() { [kind] = new Dictionary<string, object> { ["id"] = id, ["type_id"] = type } };
}
