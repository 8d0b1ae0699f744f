using System.ClientModel;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Embeddings;
using OpenAI.Models;

namespace Bert.MLNet.Server.Tests.Routes;

/// <summary>The routes of OpenAI's API, as its own clients use them.</summary>
public sealed class OpenAIRoutesTests(ServedModels models) : IClassFixture<ServedModels>
{
    private const string Model = "bert-mini-en";

    private static readonly string[] s_texts = ["Owls hunt at night.", "Bread rises."];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RunningServer Server => models.Server;

    private OpenAIClient Client => new(
        new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(Server.Client.BaseAddress!, "/v1") });

    [Fact]
    public async Task OpenAI_s_client_gets_the_library_s_vectors()
    {
        EmbeddingClient client = Client.GetEmbeddingClient(Model);
        OpenAIEmbeddingCollection answer = await client.GenerateEmbeddingsAsync(s_texts, cancellationToken: Token);
        IReadOnlyList<BertEmbedding> expected = Expected();
        Assert.Equal(expected.Sum(embedding => embedding.TokenCount), answer.Usage.InputTokenCount);
        Assert.Equal(Model, answer.Model);
        for (int i = 0; i < s_texts.Length; i++)
            AssertClose(expected[i].Vector.Span, answer[i].ToFloats().Span);
    }

    [Fact]
    public async Task OpenAI_s_client_gets_as_many_dimensions_as_it_asks_for()
    {
        EmbeddingClient client = Client.GetEmbeddingClient(Model);
        OpenAIEmbedding answer = await client.GenerateEmbeddingAsync(
            s_texts[0], new OpenAI.Embeddings.EmbeddingGenerationOptions { Dimensions = 64 }, Token);
        AssertClose(InferenceRoutesTests.Normalized(Expected()[0].Vector[..64].ToArray()), answer.ToFloats().Span);
    }

    [Fact]
    public async Task Microsoft_Extensions_AI_s_client_gets_the_library_s_vectors()
    {
        using IEmbeddingGenerator<string, Embedding<float>> generator = Client.GetEmbeddingClient(Model).AsIEmbeddingGenerator();
        GeneratedEmbeddings<Embedding<float>> answer = await generator.GenerateAsync(s_texts, cancellationToken: Token);
        for (int i = 0; i < s_texts.Length; i++)
            AssertClose(Expected()[i].Vector.Span, answer[i].Vector.Span);
    }

    [Fact]
    public async Task Node_s_client_gets_the_library_s_vectors()
    {
        if (await NodeAsync("require('openai')") is not (0, _))
            Assert.Skip("This test needs Node and its package openai: npm install openai, and NODE_PATH if it is in another folder.");
        (int code, string output) = await NodeAsync(
            """
            const { OpenAI } = require('openai');
            const [, baseURL, model, ...input] = process.argv;
            new OpenAI({ baseURL, apiKey: 'any' }).embeddings.create({ model, input })
                .then(answer => console.log(JSON.stringify(answer.data.map(item => item.embedding))));
            """,
            [$"{new Uri(Server.Client.BaseAddress!, "/v1")}", Model, .. s_texts]);
        Assert.True(code == 0, output);
        JsonElement vectors = JsonElement.Parse(output);
        Assert.Equal(s_texts.Length, vectors.GetArrayLength());
        for (int i = 0; i < s_texts.Length; i++)
            AssertClose(Expected()[i].Vector.Span, InferenceRoutesTests.Floats(vectors[i]));
    }

    [Fact]
    public async Task Numbers_and_base64_are_the_same_vectors()
    {
        JsonElement numbers = await Server.PostAsync("/v1/embeddings", new { input = s_texts[0], model = Model });
        JsonElement base64 = await Server.PostAsync(
            "/v1/embeddings", new { input = s_texts[0], model = Model, encoding_format = "base64" });
        byte[] bytes = base64.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        float[] values = InferenceRoutesTests.Floats(numbers.GetProperty("data")[0].GetProperty("embedding"));
        Assert.Equal(values, Enumerable.Range(0, bytes.Length / 4).Select(i => BitConverter.ToSingle(bytes, 4 * i)));
        Assert.Equal("list", numbers.GetProperty("object").GetString());
    }

    [Fact]
    public async Task OpenAI_s_client_lists_the_models()
    {
        OpenAIModelClient client = Client.GetOpenAIModelClient();
        OpenAIModelCollection list = await client.GetModelsAsync(Token);
        Assert.Contains(Model, list.Select(model => model.Id));
        OpenAIModel one = await client.GetModelAsync(Model, Token);
        Assert.Equal(Model, one.Id);
    }

    [Fact]
    public async Task Errors_have_OpenAI_s_form()
    {
        (int status, JsonElement body) = await Server.FailAsync("/v1/embeddings", new { input = "x", model = "missing" });
        JsonElement error = body.GetProperty("error");
        Assert.Equal(404, status);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
        Assert.Equal("model", error.GetProperty("param").GetString());
        Assert.Contains("'missing' does not exist", error.GetProperty("message").GetString());
        ClientResultException refused = await Assert.ThrowsAsync<ClientResultException>(() => Client.GetEmbeddingClient(Model)
            .GenerateEmbeddingAsync("x", new OpenAI.Embeddings.EmbeddingGenerationOptions { Dimensions = 1000 }, Token));
        Assert.Equal(422, refused.Status);
        Assert.Contains("'dimensions' is 1000", refused.Message);
        Assert.Equal(404, (await RunningServer.ReadAsync(await Server.Client.GetAsync("/v1/models/missing", Token))).Status);
    }

    /// <summary>Runs a script, or returns a code that is not 0 where there is no Node.</summary>
    private static async Task<(int Code, string Output)> NodeAsync(string script, params string[] arguments)
    {
        try
        {
            using Process node = Process.Start(new ProcessStartInfo("node", ["-e", script, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> output = node.StandardOutput.ReadToEndAsync(Token), errors = node.StandardError.ReadToEndAsync(Token);
            await node.WaitForExitAsync(Token);
            string[] written = await Task.WhenAll(output, errors);
            return (node.ExitCode, node.ExitCode == 0 ? written[0] : written[1]);
        }
        catch (Win32Exception)
        {
            return (-1, "");
        }
    }

    private static IReadOnlyList<BertEmbedding> Expected()
    {
        using BertPredictor<string, BertEmbedding> embedder = BertModel.Default.CreateEmbedder(new() { Normalize = true });
        return embedder.Predict(s_texts, null, Token);
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-5f);
    }
}
