using Bert.MLNet.Server.Requests;

namespace Bert.MLNet.Server.Routes;

/// <summary>The routes of text-embeddings-inference for tokens.</summary>
internal static class TokenRoutes
{
    public static void Map(ApiRoutes api)
    {
        api.Post(
            new("/tokenize", "Splits texts into tokens.", """{"inputs": "Owls hunt at night.", "add_special_tokens": true}"""),
            ServerJson.Default.TokenizeRequest, ServerJson.Default.IReadOnlyListIReadOnlyListTokenBody, (request, scope) =>
            {
                IReadOnlyList<string> texts = request.Inputs.Texts ?? throw RequestException.Invalid(
                    "inputs", "'inputs' has token ids. Send texts.");
                scope.CheckCount(texts.Count, "inputs");
                BertTokenizer tokenizer = TokenizerOf(request, scope);
                var options = new BertEncodeOptions { AddSpecialTokens = request.AddSpecialTokens };
                return Task.FromResult<IReadOnlyList<IReadOnlyList<TokenBody>>>(
                    [.. texts.Select(text => TokensOf(text, tokenizer.Encode(text, options: options)))]);
            });
        api.Post(
            new("/decode", "Joins token ids to texts.", """{"ids": [[2, 1045, 2003, 3]], "skip_special_tokens": true}"""),
            ServerJson.Default.DecodeRequest, ServerJson.Default.IReadOnlyListString, (request, scope) =>
            {
                IReadOnlyList<int[]> ids = request.Ids.Ids ?? throw RequestException.Invalid("ids", "'ids' has texts. Send token ids.");
                scope.CheckCount(ids.Count, "ids");
                BertTokenizer tokenizer = TokenizerOf(request, scope);
                return Task.FromResult<IReadOnlyList<string>>(
                    [.. ids.Select(row => tokenizer.Decode(row, request.SkipSpecialTokens))]);
            });
    }

    private static BertTokenizer TokenizerOf(ModelRequest request, RequestScope scope) =>
        scope.Models.Find(request.Model, model => model.Checkpoint, "tokenize").Task.Tokenizer;

    private static TokenBody[] TokensOf(string text, BertEncoding encoding)
    {
        var tokens = new TokenBody[encoding.Length];
        for (int i = 0; i < tokens.Length; i++)
        {
            bool special = encoding.SpecialTokensMask[i] == 1;
            (int start, int end) = encoding.Offsets[i];
            tokens[i] = new TokenBody(encoding.Ids[i], encoding.Tokens[i], special,
                special ? null : CodePoints.Before(text, start), special ? null : CodePoints.Before(text, end));
        }
        return tokens;
    }
}
